#include "kernels/api/tuning.h"

#include <gtest/gtest.h>

#include "kernels/api/error.h"

namespace dsqbench {
namespace {

ConvolutionProblem small_problem() {
    ConvolutionProblem problem{{}, {2}, {2, Coding::signed_codes}};
    problem.shape.height = problem.shape.width = 4;
    problem.shape.in_channels = problem.shape.out_channels = 8;
    return problem;
}

TEST(Tuning, a_table_decides_the_choice) {
    const ConvolutionProblem problem = small_problem();
    CostTable table;
    const auto chosen = [&] { return choose_variant(problem, available_instruction_sets(), table).name; };
    const std::string by_default = choose_variant(problem, available_instruction_sets()).name;
    EXPECT_EQ(chosen(), by_default);
    table.nanoseconds[tuning_key(problem)] = {{"reference/scalar", 1}, {"portable/dot_product", 2}, {"no/such", 0}};
    EXPECT_EQ(chosen(), "reference/scalar");
    table.nanoseconds[tuning_key(problem)] = {{"no/such", 0}};
    EXPECT_EQ(chosen(), by_default);
}

TEST(Tuning, never_chooses_what_the_processor_lacks) {
    const ConvolutionProblem problem = small_problem();
    CostTable table;
    for (const KernelVariant& variant : kernel_variants())
        table.nanoseconds[tuning_key(problem)][variant.name] = variant.name.rfind("portable", 0) == 0 ? 100 : 1;
    const KernelVariant& chosen = choose_variant(problem, InstructionSet::baseline, table);
    EXPECT_TRUE(InstructionSets(InstructionSet::baseline).contain(chosen.needs)) << chosen.name;
}

TEST(Tuning, tables_survive_text) {
    CostTable table;
    table.processor = "Some 1/2";
    table.nanoseconds["w u2"] = {{"a/b", 12}, {"c/d", 0}};
    EXPECT_EQ(to_text(table), "dsqbench kernel costs 2\nprocessor\tSome 1/2\n12\ta/b\tw u2\n0\tc/d\tw u2\n");
    EXPECT_EQ(parse_cost_table(to_text(table)).nanoseconds, table.nanoseconds);
    EXPECT_EQ(parse_cost_table(to_text(table)).processor, table.processor);
}

TEST(Tuning, refuses_damaged_tables_with_the_line) {
    const auto message = [](const std::string& text) {
        try {
            parse_cost_table(text);
        } catch (const KernelError& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    const std::string header = "dsqbench kernel costs 2\nprocessor\tSome 1/2\n";
    EXPECT_NE(message("").find("line 1"), std::string::npos);
    EXPECT_NE(message("dsqbench kernel costs 1\n").find("line 1"), std::string::npos);
    EXPECT_NE(message("dsqbench kernel costs 2\n").find("line 2"), std::string::npos);
    EXPECT_NE(message("dsqbench kernel costs 2\n12\ta/b\tp\n").find("line 2"), std::string::npos);
    EXPECT_NE(message(header + "12\ta/b").find("line 3"), std::string::npos);
    EXPECT_NE(message(header + "-1\ta/b\tp").find("no number"), std::string::npos);
    EXPECT_NE(message(header + "99999999999999999999\ta/b\tp").find("no number"), std::string::npos);
    EXPECT_NE(message(header + "1\t\tp").find("names no kernel"), std::string::npos);
    EXPECT_NE(message(header + "1\ta\tp\n1\ta\tp").find("line 4"), std::string::npos);
    EXPECT_EQ(message(header), "accepted");
}

}  // namespace
}  // namespace dsqbench
