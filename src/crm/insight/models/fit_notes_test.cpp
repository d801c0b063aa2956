#include "crm/insight/models/fit_notes.hpp"

#include <gtest/gtest.h>

#include "base/id.hpp"

namespace rapport::crm {
namespace {

// A night's fit that fell back to one rate for all, or to one mean, said nothing: scores stayed
// empty and nobody was told why.
TEST(FitNotes, EachFamilyWithoutANewModelIsTold) {
  const auto made = [](bool purchases, bool spending) {
    Comparison comparison;
    auto& fit = comparison.fits.emplace_back(Fitted{}).fit;
    fit.model = purchases ? analytics::PurchaseModel::bg_nbd : analytics::PurchaseModel::pooled;
    fit.why_pooled = purchases ? "" : "Few came back.";
    SpendingComparison spent;
    if (spending) spent.fitted.fit.parameters.resize(3);
    spent.fitted.fit.why_mean = spending ? "" : "All alike.";
    return std::pair(std::move(comparison), std::move(spent));
  };
  ModelsInUse nothing, both;
  both.purchases = base::id_at(1, 1, 1);
  both.spending = base::id_at(1, 1, 2);
  both.spending_fit.parameters.resize(3);
  const struct {
    bool purchases, spending;
    const ModelsInUse& last;
    std::vector<std::string> says;
  } cases[] = {
      {true, true, nothing, {}},
      {true, true, both, {}},
      {false, true, nothing, {"no model of how customers buy: Few came back."}},
      {false, false, nothing, {"no model of how customers buy: Few came back."}},
      {false, true, both, {"How customers buy was not fitted anew: Few came back."}},
      {true, false, nothing, {"no model of what a purchase comes to: All alike."}},
      {true, false, both, {"What a purchase comes to was not fitted anew: All alike."}},
      {false, false, both, {"How customers buy was not", "What a purchase comes to was not"}},
  };
  for (const auto& one : cases) {
    const auto [comparison, spending] = made(one.purchases, one.spending);
    const auto notes = notes_on(comparison, spending, one.last);
    ASSERT_EQ(notes.size(), one.says.size());
    for (std::size_t i = 0; i < notes.size(); ++i) {
      EXPECT_NE(notes[i].find(one.says[i]), std::string::npos) << notes[i];
    }
  }
  EXPECT_TRUE(notes_on({}, {}, nothing).empty());
}

TEST(FitNotes, OfLeavingSayWhatScoresInItsPlace) {
  base::Problem refused;
  refused.details = "20 customers had bought.";
  const auto nothing = note_on(refused, {});
  EXPECT_EQ(nothing,
            "There is no model of who leaves: 20 customers had bought. The risk of leaving stays "
            "empty.");
  const LeavingInUse unreadable{.record = base::id_at(1, 1, 1), .model = {}, .standing = {}};
  EXPECT_NE(note_on(refused, unreadable).find("that can be read: 20"), std::string::npos);
}

}  // namespace
}  // namespace rapport::crm
