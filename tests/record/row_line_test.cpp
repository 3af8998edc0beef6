#include "suite/record/row_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/record/json_lines.h"
#include "tests/record/sample_row.h"
#include "tests/temporary_folder.h"

namespace dsqbench {
namespace {

TEST(RowLine, gives_what_the_parsed_row_has) {
    Row row = complete_row(sample_row("say \"dsq\" \\ ö", 7, 87.25));
    row["top5"] = nullptr;
    const std::string line = to_line(row);
    RowLine sliced;
    ASSERT_TRUE(sliced.assign(line, "x:1"));
    for (const auto& [name, value] : row.items()) {
        if (value.is_string()) {
            EXPECT_EQ(sliced.text(name), value.get<std::string>()) << name;
        }
        if (value.is_number_float()) {
            EXPECT_EQ(sliced.real(name), value.get<double>()) << name;
        }
        if (value.is_number_integer()) {
            EXPECT_EQ(sliced.integer(name), value.get<std::uint64_t>()) << name;
        }
    }
    EXPECT_TRUE(sliced.is_true("publishable"));
    EXPECT_FALSE(sliced.json("top5"));
    EXPECT_FALSE(sliced.json("none"));
    EXPECT_EQ(sliced.text("seed"), "");
    EXPECT_EQ(sliced.row()["label"], row["label"]);
}

TEST(RowLine, knows_a_genuine_row_from_a_changed_one) {
    const std::string line = to_line(complete_row(sample_row()));
    RowLine row;
    ASSERT_TRUE(row.assign(line, "x:1"));
    EXPECT_TRUE(row.is_genuine());
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::string changed = line;
        changed[i] = changed[i] == '1' ? '2' : '1';
        EXPECT_FALSE(row.assign(changed, "x:1") && row.is_genuine()) << i;
    }
}

TEST(RowLine, refuses_every_prefix_and_all_that_is_not_flat) {
    const std::string line = to_line(complete_row(sample_row()));
    RowLine row;
    for (std::size_t size = 0; size < line.size(); ++size)
        EXPECT_FALSE(row.assign(line.substr(0, size), "x:1")) << size;
    for (const char* other : {"[]", "{}", "{\"a\":[1]}", "{\"a\":{}}", "{\"b\":1,\"a\":1}", "{\"a\":1,\"a\":1}",
                              "{\"a\"}", "{\"a\":1}}", "{a:1}", "{\"a\": ", "null"})
        EXPECT_FALSE(row.assign(other, "x:1")) << other;
}

TEST(RowLine, lines_are_the_same_whatever_the_pieces_they_are_read_in) {
    const TemporaryFolder folder;
    std::string bytes;
    for (int i = 0; i < 30; ++i) bytes += std::string(static_cast<std::size_t>(i) * 9973, 'x') + "\n";
    write_file_atomically(folder / "lines", bytes + "last");
    std::vector<std::size_t> sizes, numbers;
    bool last_ended = true;
    visit_lines(folder / "lines", [&](std::string_view line, std::size_t number, bool ended) {
        sizes.push_back(line.size());
        numbers.push_back(number);
        last_ended = ended;
    });
    ASSERT_EQ(sizes.size(), 30u) << "the empty first line is none";
    EXPECT_EQ(sizes[28], 29u * 9973);
    EXPECT_EQ(numbers[28], 30u);
    EXPECT_EQ(sizes[29], 4u);
    EXPECT_FALSE(last_ended);
}

TEST(RowLine, a_file_without_line_ends_does_not_fill_the_memory) {
    const TemporaryFolder folder;
    write_file_atomically(folder / "lines", std::string((std::size_t{17} << 20), 'x'));
    EXPECT_THROW(visit_lines(folder / "lines", [](auto, auto, auto) {}), Error);
    EXPECT_THROW(visit_lines(folder / "none", [](auto, auto, auto) {}), Error);
}

}  // namespace
}  // namespace dsqbench
