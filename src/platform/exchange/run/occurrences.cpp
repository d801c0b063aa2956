#include "platform/exchange/run/occurrences.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

namespace rapport::platform {

namespace {

constexpr std::size_t block_triples = 8192;

// 64 bits; of ten million different keys two meet once in 300,000 files, and then a row gets a
// higher number than it needs.
std::uint64_t hash_of(std::string_view key) {
  std::uint64_t hash = 0x9E3779B97F4A7C15ULL ^ (key.size() * 0xD6E8FEB86659FD93ULL);
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0xA0761D6478BD642FULL;
    hash = (hash ^ (hash >> 32)) * 0xE7037ED1A0B428DBULL;
    hash ^= hash >> 29;
  };
  for (; key.size() >= 8; key.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, key.data(), 8);
    mix(word);
  }
  std::uint64_t last = 0;
  std::memcpy(&last, key.data(), key.size());
  mix(last);
  mix(hash >> 32);
  return hash;
}

[[noreturn]] void broken(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

bool TripleSorter::Run::fill() {
  block.resize(block_triples);
  block.resize(std::fread(block.data(), sizeof(Triple), block_triples, file.get()));
  at = 0;
  return !block.empty();
}

void TripleSorter::add(const Triple& triple) {
  triples_.push_back(triple);
  if (triples_.size() == in_memory_max) spill();
}

void TripleSorter::spill() {
  std::sort(triples_.begin(), triples_.end());
  std::string name = (folder_ / "sort-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) broken("mkostemp");
  ::unlink(name.c_str());
  Run run;
  run.file.reset(::fdopen(fd, "w+b"));
  if (run.file == nullptr) broken("fdopen");
  if (std::fwrite(triples_.data(), sizeof(Triple), triples_.size(), run.file.get()) !=
      triples_.size()) {
    broken("fwrite");
  }
  std::rewind(run.file.get());
  runs_.push_back(std::move(run));
  triples_.clear();
}

void TripleSorter::sort() {
  if (runs_.empty()) {
    std::sort(triples_.begin(), triples_.end());
    return;
  }
  if (!triples_.empty()) spill();
  triples_.shrink_to_fit();
  const auto later = [this](std::size_t a, std::size_t b) {
    return runs_[a].block[runs_[a].at] > runs_[b].block[runs_[b].at];
  };
  for (std::size_t n = 0; n < runs_.size(); ++n) {
    if (runs_[n].fill()) heap_.push_back(n);
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

bool TripleSorter::next(Triple& triple) {
  if (runs_.empty()) {
    if (at_ == triples_.size()) return false;
    triple = triples_[at_++];
    return true;
  }
  if (heap_.empty()) return false;
  const auto later = [this](std::size_t a, std::size_t b) {
    return runs_[a].block[runs_[a].at] > runs_[b].block[runs_[b].at];
  };
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Run& run = runs_[heap_.back()];
  triple = run.block[run.at++];
  if (run.at < run.block.size() || run.fill()) {
    std::push_heap(heap_.begin(), heap_.end(), later);
  } else {
    heap_.pop_back();
  }
  return true;
}

// Rows of the original file sort before those of this one.
constexpr std::uint64_t this_file = std::uint64_t{1} << 48;

void Occurrences::add(std::string_view key, std::uint64_t row, std::uint64_t rejected_row) {
  by_key_.add({hash_of(key), this_file + row, rejected_row});
}

void Occurrences::add_original(std::string_view key, std::uint64_t row) {
  by_key_.add({hash_of(key), row, no_row});
}

void Occurrences::count() {
  by_key_.sort();
  TripleSorter::Triple next{};
  std::vector<TripleSorter::Triple> rows;  // of one key, in this file
  std::vector<std::uint64_t> original;     // and in the original one
  std::uint64_t hash = 0, n = 0;
  while (by_key_.next(next)) {
    if (next.first != hash) {
      count_group(rows, original);
      rows.clear();
      original.clear();
      hash = next.first;
      n = 0;
    }
    if (next.second < this_file) {
      original.push_back(next.second);
    } else if (original.empty()) {
      if (++n > 1) by_row_.add({next.second - this_file, n, 0});
    } else {
      rows.push_back(next);
    }
  }
  count_group(rows, original);
  by_row_.sort();
  any_ahead_ = by_row_.next(ahead_);
}

void Occurrences::count_group(const std::vector<TripleSorter::Triple>& rows,
                              const std::vector<std::uint64_t>& original) {
  std::uint64_t after = original.size();
  for (const TripleSorter::Triple& row : rows) {
    const auto was = std::lower_bound(original.begin(), original.end(), row.third);
    const bool same = row.third != no_row && was != original.end() && *was == row.third;
    const std::uint64_t n = same ? static_cast<std::uint64_t>(was - original.begin()) + 1 : ++after;
    if (n > 1) by_row_.add({row.second - this_file, n, 0});
  }
}

int Occurrences::of(std::uint64_t row) {
  while (any_ahead_ && ahead_.first < row) any_ahead_ = by_row_.next(ahead_);
  return any_ahead_ && ahead_.first == row ? static_cast<int>(ahead_.second) : 1;
}

}  // namespace rapport::platform
