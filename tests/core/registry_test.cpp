#include "suite/core/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

struct Colour {
    static constexpr const char* kind = "colour";
    int hue = 0;
};

struct Shape {
    static constexpr const char* kind = "shape";
    int corners = 0;
};

const Registration<Colour> blue{"blue", {240}};
const Registration<Colour> green{"green", {120}};
const Registration<Shape> square{"square", {4}};
const Registration<Shape> other_square{"square", {5}};

TEST(Registry, finds_what_was_registered_before_main) {
    EXPECT_EQ(Registry<Colour>::instance().find("green").hue, 120);
    EXPECT_THAT(Registry<Colour>::instance().names(), testing::ElementsAre("blue", "green"));
}

TEST(Registry, knows_the_file_and_line_of_an_entry) {
    EXPECT_THAT(Registry<Colour>::instance().place("blue"), testing::ContainsRegex("registry_test.cpp:[0-9]+$"));
    EXPECT_EQ(Registry<Colour>::instance().place("pink"), "");
}

TEST(Registry, answers_an_unknown_name_with_the_nearest) {
    const Error error = refusal_of([] { Registry<Colour>::instance().find("gren"); });
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_STREQ(error.what(), "unknown colour 'gren'; did you mean 'green'?");
    EXPECT_FALSE(Registry<Colour>::instance().contains("gren"));
}

TEST(Registry, lists_all_names_when_none_is_near) {
    const Error error = refusal_of([] { Registry<Colour>::instance().find("ultraviolet"); });
    EXPECT_EQ(error.hint(), "known: blue, green");
}

TEST(Registry, reports_a_duplicate_with_both_places) {
    const Error error = refusal_of([] { Registry<Shape>::instance().find("square"); });
    EXPECT_THAT(error.what(),
                testing::ContainsRegex("shape 'square' is registered twice: at .*registry_test.cpp:[0-9]+ "
                                       "and at .*registry_test.cpp:[0-9]+"));
    EXPECT_THROW(Registry<Shape>::instance().names(), Error);
}

}  // namespace
}  // namespace dsqbench
