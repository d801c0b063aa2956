// Quantiles and tails of the distributions that tests are read from.
#pragma once

namespace rapport::analytics {

inline constexpr double usual_confidence = 0.95;

// z such that a standard normal value lies within ±z with this probability: 0.95 gives 1.959964.
// `confidence` is above 0 and below 1.
[[nodiscard]] double normal_bound(double confidence);
// The same of Student's t with `degrees` of freedom (any number above 0).
[[nodiscard]] double student_bound(double confidence, double degrees);

// Probabilities of a value as far out or farther: on both sides …
[[nodiscard]] double normal_tails(double z);
[[nodiscard]] double student_tails(double t, double degrees);
// … and above. 0 where it is below what a double holds.
[[nodiscard]] double chi_square_tail(double chi_square, double degrees);

}  // namespace rapport::analytics
