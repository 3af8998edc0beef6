#include "suite/report/kernel_table.h"

#include <gmock/gmock.h>

#include "tests/record/sample_row.h"

namespace dsqbench {
namespace {

using testing::HasSubstr;

Row full_row() {
    Row row = sample_kernel_row();
    row["p10_ns"] = 440000.0;
    row["int8_ratio"] = 2.504;
    row["samples"] = 40;
    row["rejected_samples"] = 3;
    row["loop_roof"] = 81.4;
    return row;
}

TEST(KernelTable, shows_times_ratios_and_samples) {
    const std::string text = kernel_table({full_row()}).aligned();
    for (const char* part : {"stage1", "W2A2", "avx2/dictionary", "450.0", "440.0", "2.50x", "40 (3)", "81", "passed"})
        EXPECT_THAT(text, HasSubstr(part));
}

TEST(KernelTable, gives_the_rival_s_own_name_and_the_reason_of_a_check) {
    Row row = full_row();
    row["variant"] = "onednn/convolution_f32";
    row["implementation"] = "jit:avx2";
    row["weight_bits"] = row["activation_bits"] = 32;
    row["check"] = "skipped";
    row["check_reason"] = "another library's";
    const std::string text = kernel_table({row}).aligned();
    EXPECT_THAT(text, HasSubstr("onednn/convolution_f32 (jit:avx2)"));
    EXPECT_THAT(text, HasSubstr("f32"));
    EXPECT_THAT(text, HasSubstr("skipped: another library's"));
}

TEST(RowsAsCsv, quotes_what_needs_it) {
    Row row = full_row();
    row["rival_ratios"] = R"({"a":1,"b":2})";
    const std::string text = rows_as_csv({row});
    EXPECT_THAT(text, HasSubstr(R"("{""a"":1,""b"":2}")"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
    EXPECT_THAT(text, testing::StartsWith("schema_version,kind,"));
}

}  // namespace
}  // namespace dsqbench
