#include "suite/core/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dsqbench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Text, edit_distance_counts_insertions_deletions_substitutions) {
    EXPECT_EQ(edit_distance("", ""), 0u);
    EXPECT_EQ(edit_distance("", "dsq"), 3u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("lr_shedule", "lr_schedule"), 1u);
}

TEST(Text, edit_distance_counts_a_transposition_once) {
    EXPECT_EQ(edit_distance("pcat", "pact"), 1u);
    EXPECT_EQ(edit_distance("apct", "pact"), 1u);
}

TEST(Text, edit_distance_is_symmetric) {
    for (const auto& [a, b] : {std::pair("dorefa", "drefoa"), std::pair("a", "bcd"), std::pair("pact", "")})
        EXPECT_EQ(edit_distance(a, b), edit_distance(b, a)) << a << " " << b;
}

TEST(Text, nearest_names_come_best_first_and_at_most_three) {
    EXPECT_THAT(nearest_names("pcat", {"pact", "dsq", "past"}), ElementsAre("pact"));
    EXPECT_THAT(nearest_names("resnet2", {"resnet56", "resnet20", "resnet32", "resnet8", "vgg"}),
                ElementsAre("resnet20", "resnet32", "resnet8"));
}

TEST(Text, nothing_is_near_a_name_that_is_far_from_all) {
    EXPECT_THAT(nearest_names("momentum", {"dsq", "pact"}), IsEmpty());
    EXPECT_THAT(nearest_names(std::string(1'000'000, 'a'), {"dsq"}), IsEmpty());
}

TEST(Text, suggestion_falls_back_to_the_known_names) {
    EXPECT_EQ(suggestion("psct", {"pact", "dsq"}), "did you mean 'pact'?");
    EXPECT_EQ(suggestion("momentum", {"dsq", "pact"}), "known: dsq, pact");
    EXPECT_EQ(suggestion("momentum", {}), "");
}

TEST(Text, split_and_join_are_inverse) {
    for (const std::string text : {"", ",", "a", "a,b", ",a,,b,"}) EXPECT_EQ(join(split(text, ','), ","), text);
    EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Text, trim_takes_white_space_off_both_ends) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim(" \n "), "");
}

TEST(Text, accepts_well_formed_utf8) {
    // The first and last code point of each length.
    for (const std::string_view text : {"", "plain", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xEF\xBF\xBF",
                                        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80"})
        EXPECT_TRUE(is_utf8(text)) << testing::PrintToString(text);
}

TEST(Text, refuses_ill_formed_utf8) {
    const std::vector<std::pair<std::string_view, const char*>> cases{
        {"na\xEFve", "Latin-1"},           {"\x80", "a continuation alone"},  {"\xC3", "cut short"},
        {"\xC0\x80", "overlong, 2 bytes"}, {"\xE0\x9F\xBF", "overlong, 3"},   {"\xF0\x8F\xBF\xBF", "overlong, 4"},
        {"\xED\xA0\x80", "a surrogate"},   {"\xF4\x90\x80\x80", "too large"}, {"\xFF", "never a lead byte"}};
    for (const auto& [text, why] : cases) EXPECT_FALSE(is_utf8(text)) << why;
}

}  // namespace
}  // namespace dsqbench
