#include "server/generate/schema.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

TEST(Schema, keeps_statements_and_drops_what_a_version_of_the_dump_brings) {
  const auto text = normalised_dump(
      "--\n-- PostgreSQL database dump\n--\n\n\\restrict x7Q\n\nSET lock_timeout = 0;\n"
      "SELECT pg_catalog.set_config('search_path', '', false);\n\n\n"
      "CREATE TABLE public.a (\n    id uuid\n);\n\n\n--\n-- Name: b\n--\n\n"
      "CREATE INDEX b ON public.a (id);\n\n\\unrestrict x7Q\n");
  EXPECT_TRUE(
      text.ends_with("do not edit.\n\nCREATE TABLE public.a (\n    id uuid\n);\n\n"
                     "CREATE INDEX b ON public.a (id);\n"))
      << text;
}

}  // namespace
}  // namespace rapport::server
