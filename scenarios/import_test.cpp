// A file goes in through the door, every row of it is accounted for, and it comes out again.
#include <gtest/gtest.h>
#include <unistd.h>

#include "house.hpp"
#include "people_file.hpp"

namespace rapport::scenarios {
namespace {

using base::Json;

class Imports : public Story {
 protected:
  static Json ended(Browser& browser, const std::string& import) {
    for (int i = 0; i < 200; ++i) {
      auto status = browser.get("/api/v1/imports/" + import).json();
      auto state = status.value("state", "");
      if (state == "done" || state == "failed" || state == "undone") return status;
      usleep(50'000);
    }
    return {};
  }
};

TEST_F(Imports, every_row_is_accounted_for_and_the_import_can_be_undone) {
  auto ed = house().browser_of("ed");
  auto kept = ed.ask("POST", "/api/v1/import_files?name=people.csv", people);
  ASSERT_EQ(kept.status, 201) << kept.body;
  EXPECT_EQ(kept.json()["delimiter"], ",");
  Json order{{"file", kept.json()["file"]}, {"mapping", people_mapping}};
  auto preview = ed.post("/api/v1/import_previews", order);
  ASSERT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(preview.json()["rows"][2]["outcome"], "rejected") << preview.body;
  auto started = ed.post("/api/v1/imports", order);
  ASSERT_EQ(started.status, 202) << started.body;
  auto import = started.json()["import"].get<std::string>();
  auto status = ended(ed, import);
  ASSERT_EQ(status["state"], "done") << status.dump();
  EXPECT_EQ(status["received"], 4);
  EXPECT_EQ(status["rejected"], 1);
  EXPECT_EQ(status["received"].get<int>(),
            status["created"].get<int>() + status["updated"].get<int>() +
                status["unchanged"].get<int>() + status["rejected"].get<int>());
  auto rejected = ed.get(status["rejected_file"].get<std::string>());
  EXPECT_EQ(rejected.status, 200);
  EXPECT_NE(rejected.body.find("not an address"), std::string::npos) << rejected.body;
  const std::string count = "select count(*) from persons where email like '%@shop.example'";
  EXPECT_EQ(house().ask_database(count), "2\n");
  EXPECT_EQ(ed.post("/api/v1/imports/" + import + "/undo", Json::object()).status, 202);
  EXPECT_EQ(ended(ed, import)["state"], "undone");
  EXPECT_EQ(house().ask_database(count), "0\n");
}

// The key was ignored: a client that asked again after a time-out imported its file twice.
TEST_F(Imports, the_same_idempotency_key_starts_an_import_once) {
  auto ed = house().browser_of("ed");
  const std::string rows = "given,family,email\nOda,Once,oda@once.example\n";
  auto kept = ed.ask("POST", "/api/v1/import_files?name=once.csv", rows);
  ASSERT_EQ(kept.status, 201) << kept.body;
  const Headers key = {{"Idempotency-Key", "import-1"}};
  const Json order{{"file", kept.json()["file"]}, {"mapping", people_mapping}};
  auto first = ed.post("/api/v1/imports", order, key);
  ASSERT_EQ(first.status, 202) << first.body;
  const auto import = first.json()["import"].get<std::string>();
  EXPECT_EQ(ended(ed, import)["created"], 1);
  auto second = ed.post("/api/v1/imports", order, key);
  EXPECT_EQ(second.status, 202) << second.body;
  EXPECT_EQ(second.json()["import"], import);
  EXPECT_EQ(second.header("location"), "/api/v1/imports/" + import);
  Json other = order;
  other["mapping"] = people_mapping + "# another\n";
  EXPECT_EQ(ed.post("/api/v1/imports", other, key).json()["code"], "write.key_reused");
  const auto undo = "/api/v1/imports/" + import + "/undo";
  EXPECT_EQ(ed.post(undo, Json::object(), key).status, 202);
  EXPECT_EQ(ended(ed, import)["state"], "undone");
  EXPECT_EQ(ed.post(undo, Json::object(), key).status, 202) << "as it was answered before";
  EXPECT_EQ(ed.post(undo, Json::object()).status, 409) << "another request";
}

TEST_F(Imports, the_same_idempotency_key_stores_a_mapping_once_and_is_refused_where_it_cannot_be) {
  auto ed = house().browser_of("ed");
  const Headers key = {{"Idempotency-Key", "mapping-1"}};
  const Json named{{"name", "kept once"}, {"text", people_mapping}};
  auto first = ed.post("/api/v1/import_mappings", named, key);
  ASSERT_EQ(first.status, 201) << first.body;
  auto second = ed.post("/api/v1/import_mappings", named, key);
  EXPECT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(second.json()["id"], first.json()["id"]);
  EXPECT_EQ(ed.post("/api/v1/import_mappings", named).status, 409) << "the name is taken";
  // The secret of a key is kept nowhere, so that it cannot be answered once more.
  const auto before = house().fingerprint();
  auto refused = ed.post("/api/v1/keys", {{"name", "once"}}, key);
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_EQ(refused.json()["code"], "server.key_not_honoured");
  EXPECT_EQ(ed.ask("POST", "/api/v1/import_files?name=x.csv", people, key).status, 400);
  EXPECT_EQ(house().fingerprint(), before);
}

TEST_F(Imports, a_reader_imports_nothing) {
  auto ria = house().browser_of("ria");
  auto before = house().fingerprint();
  EXPECT_EQ(ria.ask("POST", "/api/v1/import_files?name=people.csv", people).status, 403);
  EXPECT_EQ(house().stranger().ask("POST", "/api/v1/import_files?name=x.csv", people).status, 401);
  EXPECT_EQ(house().fingerprint(), before);
}

}  // namespace
}  // namespace rapport::scenarios
