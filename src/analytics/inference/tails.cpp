#include "analytics/inference/tails.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace rapport::analytics {

double normal_bound(double confidence) {
  return std::numbers::sqrt2 * boost::math::erf_inv(confidence);
}

double student_bound(double confidence, double degrees) {
  const boost::math::students_t_distribution<double> student(degrees);
  return boost::math::quantile(boost::math::complement(student, (1 - confidence) / 2));
}

double normal_tails(double z) {
  return std::erfc(std::abs(z) / std::numbers::sqrt2);
}

double student_tails(double t, double degrees) {
  const boost::math::students_t_distribution<double> student(degrees);
  return 2 * boost::math::cdf(boost::math::complement(student, std::abs(t)));
}

double chi_square_tail(double chi_square, double degrees) {
  return boost::math::gamma_q(degrees / 2, chi_square / 2);
}

}  // namespace rapport::analytics
