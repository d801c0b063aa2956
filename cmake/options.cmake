# How everything is compiled: warnings, sanitizers, one place.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1")

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                    -Wconversion -Wno-sign-conversion -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # False alarms of g++ 12 in std::string's operator+ (GCC bug 105651).
  add_compile_options(-Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # Boost 1.74 casts out-of-range integers to enums in constant expressions.
  add_compile_options(-Wno-enum-constexpr-conversion)
endif()
if(RAPPORT_SANITIZE)
  # The library's own assertions see what stays within an allocation: v[i] beyond the size, an
  # empty optional.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(RAPPORT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

# Under the sanitizers the compiler's time is what one waits for: tests, and the floors from entity
# on, compile twice as fast without optimising and run on PostgreSQL's time.
function(compile_fast TARGET)
  if(RAPPORT_SANITIZE)
    target_compile_options(${TARGET} PRIVATE -O0)
  endif()
endfunction()
