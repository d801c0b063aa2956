#include "crm/demo/crowd.hpp"

#include <fmt/core.h>

#include <array>

#include "base/text.hpp"
#include "crm/demo/buyer.hpp"

namespace rapport::crm {
namespace {

constexpr std::uint64_t kPersonStream = 0x1'0000'0000'0000;
constexpr std::uint64_t kCompanyStream = 0x2'0000'0000'0000;
constexpr std::uint64_t kStandInStream = 0x3'0000'0000'0000;
constexpr std::string_view kZone = "Europe/Vienna";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// "De Luca" → "deluca", "Müller" → "muller".
std::string mail_name(std::string_view name) {
  std::string out;
  for (const char c : base::search_form(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out.empty() ? "kunde" : out;
}

template <class List>
const auto& one_of(Random& random, const List& list) {
  return list[random.below(list.size())];
}

std::string digits(Random& random, std::string pattern) {
  for (char& c : pattern) {
    if (c == '#') c = static_cast<char>('0' + random.below(10));
  }
  return pattern;
}

}  // namespace

Crowd::Crowd(const Setting& setting, CrowdOptions options)
    : setting_(setting), options_(std::move(options)) {
  for (int day = -days; day <= 1; ++day) {
    midnights_.push_back(base::start_of_day(base::plus_days(options_.date, day), kZone));
  }
}

Batch Crowd::batch(std::int64_t first, std::int64_t count) const {
  Batch batch;
  for (std::int64_t number = first; number < first + count; ++number) {
    if (number % contact_every == 0) {
      const std::int64_t works_at = company_of(number);
      const bool is_first = number == 0 || company_of(number - contact_every) != works_at;
      if (is_first) batch.companies.push_back(company(works_at));
    }
    add_person(number, batch);
    if (number % stand_in_every == stand_in_every - 1) add_stand_in(number, batch);
  }
  return batch;
}

// Two or three contacts to a company.
std::int64_t Crowd::company_of(std::int64_t person) {
  return person / contact_every * 2 / 5;
}

CompanyRecord Crowd::company(std::int64_t number) const {
  constexpr std::int64_t family_of = 7;  // of which four are one group, three levels deep
  const auto own = [&](std::int64_t n) {
    Random random(options_.seed, kCompanyStream + static_cast<std::uint64_t>(n));
    const auto made = midnights_.front().us / 1000 + static_cast<std::int64_t>(random.below(1000));
    return base::id_at(made, random.next(), random.next());
  };
  Random random(options_.seed, (kCompanyStream << 4) + static_cast<std::uint64_t>(number));
  const Country& country = setting_.countries[setting_.country_weights.draw(random)];
  const CompanyKind& kind = setting_.company_kinds[setting_.company_weights.draw(random)];
  CompanyRecord company;
  company.id = own(number);
  const std::int64_t place = number % family_of;
  if (place == 1 || place == 2) company.parent = own(number - place);
  if (place == 3) company.parent = own(number - 1);
  company.level = place == 0 || place > 3 ? 0 : place == 3 ? 2 : 1;
  company.owner = user(random);
  company.address = address(random, country);
  company.name = replaced(replaced(one_of(random, kind.names), "{family}",
                                   country.family[country.family_weights.draw(random)]),
                          "{city}", company.address.city);
  company.number = fmt::format("F-{:06}", number + 1);
  company.industry = kind.industry;
  company.lifecycle = random.chance(.7) ? "customer" : random.chance(.5) ? "prospect" : "lapsed";
  company.domain = fmt::format("{}{}.example", mail_name(company.name), number + 1);
  company.website = "https://www." + company.domain;
  company.email = "office@" + company.domain;
  company.phone = phone(random, country);
  company.language = country.language;
  company.source = one_of(random, setting_.company_sources);
  company.employees = 2 + static_cast<std::int64_t>(random.gamma(.9, 30));
  company.revenue_cents = company.employees * random.between(60, 220) * 1000 * 100;
  return company;
}

base::Id Crowd::user(Random& random) const {
  return one_of(random, options_.users);
}

void Crowd::name(Random& random, const Country& country, std::int64_t number,
                 PersonRecord& person) const {
  const bool female = random.chance(.5);
  person.given = female ? country.female[country.female_weights.draw(random)]
                        : country.male[country.male_weights.draw(random)];
  person.family = country.family[country.family_weights.draw(random)];
  if (country.code == "ES" && random.chance(.7)) {
    person.family += " " + country.family[country.family_weights.draw(random)];
  }
  person.number = fmt::format("C-{:07}", number + 1);
}

base::Address Crowd::address(Random& random, const Country& country) const {
  const City& city = country.cities[country.city_weights.draw(random)];
  std::string postal = city.postal;
  if (country.code == "GB") {
    postal += fmt::format(" {}{}{}", random.below(10), static_cast<char>('A' + random.below(26)),
                          static_cast<char>('A' + random.below(26)));
  } else {
    while (static_cast<int>(postal.size()) < country.postal_length) postal += digits(random, "#");
  }
  const auto house = 1 + static_cast<int>(random.exponential(.05));
  const std::string& street = one_of(random, country.streets);
  const bool number_first = country.code == "GB" || country.code == "FR";
  return {number_first ? fmt::format("{} {}", house, street) : fmt::format("{} {}", street, house),
          "",
          city.name,
          city.region,
          postal,
          country.code};
}

std::string Crowd::phone(Random& random, const Country& country) const {
  return digits(random, one_of(random, country.phones));
}

void Crowd::add_stand_in(std::int64_t number, Batch& batch) const {
  Random random(options_.seed, kStandInStream + static_cast<std::uint64_t>(number));
  PersonRecord person;
  person.anonymous = true;
  Buyer buyer;
  const int day = -1 - static_cast<int>(random.below(days - 1));
  const base::Instant at = moment(random, day, true);
  person.id = base::id_at(at.us / 1000, random.next(), random.next());
  buyer.person = person.id;
  buyer.number = fmt::format("K-{:07}", number + 1);
  buyer.in_store_only = true;
  buyer.tax_percent = setting_.country("AT").tax_percent;
  batch.persons.push_back(std::move(person));
  batch.orders.push_back(order(random, buyer, day));
}

void Crowd::add_person(std::int64_t number, Batch& batch) const {
  static constexpr std::array<std::string_view, 5> mail_hosts = {
      "example.com", "example.org", "example.net", "mail.example", "post.example"};
  Random random(options_.seed, kPersonStream + static_cast<std::uint64_t>(number));
  PersonRecord person;
  const bool contact = number % contact_every == 0;
  const CompanyRecord firm = contact ? company(company_of(number)) : CompanyRecord{};
  const Country& country = contact ? setting_.country(firm.address.country)
                                   : setting_.countries[setting_.country_weights.draw(random)];
  name(random, country, number, person);
  const std::string mail = mail_name(person.given) + "." + mail_name(person.family);
  if (contact) {
    person.company = firm.id;
    person.owner = firm.owner;
    person.job_title = one_of(random, setting_.company_roles);
    person.email = fmt::format("{}{}@{}", mail, number + 1, firm.domain);
    person.address = firm.address;
    person.source = firm.source;
  } else {
    if (random.chance(.82)) {
      person.email = fmt::format("{}{}@{}", mail, number + 1, one_of(random, mail_hosts));
    }
    if (random.chance(.88)) person.address = address(random, country);
    person.source = setting_.sources[setting_.source_weights.draw(random)];
  }
  if (random.chance(.64)) person.phone = phone(random, country);
  person.language = country.language;
  if (!contact && random.chance(.35)) {
    constexpr int adult_days = 18 * 365;
    person.birth_date =
        base::plus_days(options_.date, -adult_days - static_cast<int>(random.gamma(3.2, 8) * 365));
  }
  Buyer buyer;
  buyer.number = person.number;
  buyer.business = contact;
  buyer.company = person.company;
  buyer.tax_percent = country.tax_percent;
  // More come every year; a quarter were there before the history begins.
  buyer.first_day = random.chance(.25)
                        ? -days
                        : -days + static_cast<int>(std::pow(random.uniform(), .8) * (days - 2));
  const base::Instant met = moment(random, buyer.first_day, contact);
  person.id = base::id_at(met.us / 1000, random.next(), random.next());
  buyer.person = person.id;
  buy(random, buyer, batch);
  person.lifecycle = buyer.lifecycle;
  buyer.owner = person.owner;
  constexpr int looked_after_from = 15;
  if (!buyer.owner && buyer.orders >= looked_after_from) person.owner = buyer.owner = user(random);
  talk(random, buyer, batch);
  plan(random, buyer, batch);
  batch.persons.push_back(std::move(person));
}

}  // namespace rapport::crm
