#include "crm/demo/story.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <map>
#include <stdexcept>

#include "base/text.hpp"

namespace rapport::crm {
namespace {

constexpr std::uint64_t kStoryStream = 0x5707;
// Users were there before the first order.
constexpr int kFirmDays = -1200;

class Teller {
 public:
  Teller(const Setting& setting, base::Date date, std::uint64_t seed)
      : setting_(setting), date_(date), random_(seed, kStoryStream) {}

  Story tell(const YAML::Node& book) {
    zone_ = book["firm"]["zone"].as<std::string>();
    Story story;
    for (const auto& node : book["teams"]) {
      TeamRecord team{new_id(kFirmDays), text(node, "name"), text(node, "note"), {}};
      teams_[text(node, "key")] = team.id;
      story.teams.push_back(std::move(team));
    }
    for (const auto& node : book["users"]) story.users.push_back(user(node));
    for (std::size_t i = 0; i < story.teams.size(); ++i) {
      story.teams[i].manager = known(users_, text(book["teams"][i], "manager"));
    }
    for (const auto& node : book["companies"]) company(node, story.cast);
    for (const auto& node : book["persons"]) person(node, story.cast);
    return story;
  }

 private:
  using Known = std::map<std::string, base::Id, std::less<>>;

  static std::string text(const YAML::Node& node, const char* key) {
    return node[key] ? node[key].as<std::string>() : std::string();
  }
  static base::Id known(const Known& ids, const std::string& key) {
    const auto found = ids.find(key);
    if (found == ids.end()) throw std::runtime_error("the story knows no " + key);
    return found->second;
  }
  static std::optional<base::Id> link(const Known& ids, const YAML::Node& node, const char* key) {
    if (!node[key]) return std::nullopt;
    return known(ids, node[key].as<std::string>());
  }

  base::Id new_id(base::Instant at) {
    return base::id_at(at.us / 1000, random_.next(), random_.next());
  }
  base::Id new_id(int day) {
    return new_id(base::start_of_day(base::plus_days(date_, day), zone_));
  }

  // "-12d", "+5d", "today"
  [[nodiscard]] base::Date day(std::string_view said) const {
    if (said == "today") return date_;
    int days = 0;
    const bool back = said.starts_with('-');
    const char* end = said.data() + said.size() - 1;
    const auto read = std::from_chars(said.data() + 1, end, days);
    if (read.ec != std::errc() || read.ptr != end || said.back() != 'd') {
      throw std::runtime_error("no day: " + std::string(said));
    }
    return base::plus_days(date_, back ? -days : days);
  }
  // "-12d 10:15"
  [[nodiscard]] base::Instant moment(std::string_view said) const {
    const auto parts = base::split(said, ' ');
    const auto clock = base::split(parts.at(1), ':');
    const std::int64_t minutes =
        std::stol(std::string(clock.at(0))) * 60 + std::stol(std::string(clock.at(1)));
    return base::start_of_day(day(parts.at(0)), zone_) + base::seconds(minutes * 60);
  }

  static base::Address address(const YAML::Node& node) {
    if (!node) return {};
    return {text(node, "line1"),  text(node, "line2"),       text(node, "city"),
            text(node, "region"), text(node, "postal_code"), text(node, "country")};
  }

  UserRecord user(const YAML::Node& node) {
    UserRecord user;
    user.id = new_id(kFirmDays);
    user.name = text(node, "name");
    user.full_name = text(node, "full_name");
    user.email = text(node, "email");
    user.role = text(node, "role");
    user.zone = zone_;
    user.language = text(node, "language");
    user.team = known(teams_, text(node, "team"));
    users_[text(node, "key")] = user.id;
    return user;
  }

  void company(const YAML::Node& node, Batch& batch) {
    CompanyRecord company;
    company.id = new_id(kFirmDays);
    const std::string key = text(node, "key");
    company.parent = link(companies_, node, "parent");
    company.level = node["parent"] ? levels_.at(text(node, "parent")) + 1 : 0;
    company.owner = link(users_, node, "owner");
    company.name = text(node, "name");
    company.number = text(node, "number");
    company.lifecycle = text(node, "lifecycle");
    company.industry = text(node, "industry");
    company.website = text(node, "website");
    company.domain = text(node, "domain");
    company.email = text(node, "email");
    company.phone = text(node, "phone");
    company.language = text(node, "language");
    company.source = text(node, "source");
    company.note = text(node, "note");
    company.address = address(node["address"]);
    company.employees = node["employees"] ? node["employees"].as<std::int64_t>() : 0;
    company.revenue_cents = node["revenue"] ? node["revenue"].as<std::int64_t>() * 100 : 0;
    companies_[key] = company.id;
    levels_[key] = company.level;
    batch.companies.push_back(std::move(company));
  }

  void person(const YAML::Node& node, Batch& batch) {
    PersonRecord person;
    person.id = new_id(first_day(node));
    person.given = text(node, "given");
    person.family = text(node, "family");
    person.salutation = text(node, "salutation");
    person.number = text(node, "number");
    person.email = text(node, "email");
    person.phone = text(node, "phone");
    person.lifecycle = text(node, "lifecycle");
    person.job_title = text(node, "job_title");
    person.department = text(node, "department");
    person.language = text(node, "language");
    person.source = text(node, "source");
    person.note = text(node, "note");
    person.address = address(node["address"]);
    person.birth_date = base::parse_date(text(node, "birth_date"));
    person.owner = link(users_, node, "owner");
    person.company = link(companies_, node, "company");
    int nth = 0;
    for (const auto& entry : node["orders"]) batch.orders.push_back(order(entry, person, ++nth));
    for (const auto& entry : node["interactions"]) {
      batch.interactions.push_back(interaction(entry, person));
    }
    for (const auto& entry : node["tasks"]) batch.tasks.push_back(task(entry, person));
    batch.persons.push_back(std::move(person));
  }

  // Nobody is known before the first thing told of them.
  [[nodiscard]] base::Instant first_day(const YAML::Node& node) const {
    base::Instant first = base::start_of_day(date_, zone_);
    for (const char* kind : {"orders", "interactions"}) {
      for (const auto& entry : node[kind]) first = std::min(first, moment(text(entry, "at")));
    }
    return first;
  }

  OrderRecord order(const YAML::Node& node, const PersonRecord& person, int nth) {
    OrderRecord order;
    order.person = person.id;
    order.at = moment(text(node, "at"));
    order.id = new_id(order.at);
    order.company = link(companies_, node, "company");
    order.is_return = node["returns"] && node["returns"].as<bool>();
    order.number = fmt::format("{}-{:02}", person.number, nth);
    order.channel = text(node, "channel");
    if (node["status"]) order.status = text(node, "status");
    order.note = text(node, "note");
    for (const auto& entry : node["lines"]) {
      LineRecord line;
      line.id = new_id(order.at);
      line.product = product(entry[0].as<std::string>());
      line.quantity = entry[1].as<int>();
      line.discount_percent = entry.size() > 2 ? entry[2].as<int>() : 0;
      order.lines.push_back(line);
    }
    work_out(order, 0, setting_.country(person.address.country).tax_percent);
    return order;
  }

  [[nodiscard]] const Product* product(const std::string& number) const {
    const Product* product = setting_.product(number);
    if (product == nullptr) throw std::runtime_error("there is no article " + number);
    return product;
  }

  InteractionRecord interaction(const YAML::Node& node, const PersonRecord& person) {
    InteractionRecord interaction;
    interaction.person = person.id;
    interaction.at = moment(text(node, "at"));
    interaction.id = new_id(interaction.at);
    interaction.company = link(companies_, node, "company");
    interaction.user = link(users_, node, "user");
    interaction.channel = text(node, "channel");
    interaction.direction = text(node, "direction");
    interaction.subject = text(node, "subject");
    interaction.body = text(node, "body");
    interaction.outcome = text(node, "outcome");
    interaction.minutes = node["minutes"] ? node["minutes"].as<int>() : 0;
    interaction.cost_cents = node["cost"] ? cents_of(text(node, "cost")) : 0;
    return interaction;
  }

  TaskRecord task(const YAML::Node& node, const PersonRecord& person) {
    TaskRecord task;
    task.id = new_id(0);
    task.person = person.id;
    task.company = link(companies_, node, "company");
    task.owner = link(users_, node, "owner");
    task.subject = text(node, "subject");
    task.kind = text(node, "kind");
    task.priority = text(node, "priority");
    task.note = text(node, "note");
    task.due_on = day(text(node, "due"));
    if (node["done"]) task.done_at = moment(text(node, "done"));
    return task;
  }

  const Setting& setting_;
  base::Date date_;
  Random random_;
  std::string zone_;
  Known teams_, users_, companies_;
  std::map<std::string, int, std::less<>> levels_;
};

}  // namespace

base::Result<Story> read_story(const Setting& setting, base::Date date, std::uint64_t seed) {
  try {
    return Teller(setting, date, seed).tell(YAML::Load(std::string(demo_file("story.yaml"))));
  } catch (const std::exception& error) {
    return base::refuse(base::ProblemKind::internal, "demo.story",
                        "The story of the demo company cannot be read.", error.what());
  }
}

}  // namespace rapport::crm
