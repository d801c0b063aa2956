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

constexpr std::size_t block_pairs = 8192;

// 64 bits; of ten million different keys two meet once in 300,000 files, and then a row gets a
// higher number than it needs.
std::uint64_t hash_of(std::string_view key) {
  std::uint64_t hash = 0x9E3779B97F4A7C15ULL ^ (key.size() * 0xD6E8FEB86659FD93ULL);
  const auto mix = [&](std::uint64_t word) {
    const unsigned __int128 product =
        static_cast<unsigned __int128>(hash ^ word) * 0xA0761D6478BD642FULL;
    hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^
           0xE7037ED1A0B428DBULL;
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

bool PairSorter::Run::fill() {
  block.resize(block_pairs);
  block.resize(std::fread(block.data(), sizeof(Pair), block_pairs, file.get()));
  at = 0;
  return !block.empty();
}

void PairSorter::add(const Pair& pair) {
  pairs_.push_back(pair);
  if (pairs_.size() == in_memory_max) spill();
}

void PairSorter::spill() {
  std::sort(pairs_.begin(), pairs_.end());
  std::string name = (folder_ / "sort-XXXXXX").string();
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) broken("mkostemp");
  ::unlink(name.c_str());
  Run run;
  run.file.reset(::fdopen(fd, "w+b"));
  if (run.file == nullptr) broken("fdopen");
  if (std::fwrite(pairs_.data(), sizeof(Pair), pairs_.size(), run.file.get()) != pairs_.size()) {
    broken("fwrite");
  }
  std::rewind(run.file.get());
  runs_.push_back(std::move(run));
  pairs_.clear();
}

void PairSorter::sort() {
  if (runs_.empty()) {
    std::sort(pairs_.begin(), pairs_.end());
    return;
  }
  if (!pairs_.empty()) spill();
  pairs_.shrink_to_fit();
  const auto later = [this](std::size_t a, std::size_t b) {
    return runs_[a].block[runs_[a].at] > runs_[b].block[runs_[b].at];
  };
  for (std::size_t n = 0; n < runs_.size(); ++n) {
    if (runs_[n].fill()) heap_.push_back(n);
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

bool PairSorter::next(Pair& pair) {
  if (runs_.empty()) {
    if (at_ == pairs_.size()) return false;
    pair = pairs_[at_++];
    return true;
  }
  if (heap_.empty()) return false;
  const auto later = [this](std::size_t a, std::size_t b) {
    return runs_[a].block[runs_[a].at] > runs_[b].block[runs_[b].at];
  };
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Run& run = runs_[heap_.back()];
  pair = run.block[run.at++];
  if (run.at < run.block.size() || run.fill()) {
    std::push_heap(heap_.begin(), heap_.end(), later);
  } else {
    heap_.pop_back();
  }
  return true;
}

void Occurrences::add(std::string_view key, std::uint64_t row) {
  by_key_.add({hash_of(key), row});
}

void Occurrences::count() {
  by_key_.sort();
  PairSorter::Pair pair{}, before{};
  std::uint64_t n = 0;
  while (by_key_.next(pair)) {
    n = n > 0 && pair.first == before.first ? n + 1 : 1;
    if (n > 1) by_row_.add({pair.second, n});
    before = pair;
  }
  by_row_.sort();
  any_ahead_ = by_row_.next(ahead_);
}

int Occurrences::of(std::uint64_t row) {
  while (any_ahead_ && ahead_.first < row) any_ahead_ = by_row_.next(ahead_);
  return any_ahead_ && ahead_.first == row ? static_cast<int>(ahead_.second) : 1;
}

}  // namespace rapport::platform
