#include "suite/launch/ranks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/refusal.h"

namespace dsqbench {
namespace {

using Variables = std::map<std::string, std::string>;

std::optional<Ranks> ranks_under(const Variables& variables) {
    return launched_ranks([&](const char* name) -> const char* {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    });
}

void expect_refusal(const Variables& variables, const std::string& message, const std::string& hint) {
    const Error error = refusal_of([&] { ranks_under(variables); });
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), testing::HasSubstr(message));
    EXPECT_THAT(error.hint(), testing::HasSubstr(hint));
}

TEST(Ranks, one_process_that_nobody_launched_is_alone) {
    EXPECT_FALSE(ranks_under({}));
    EXPECT_FALSE(ranks_under({{"RANK", "0"}})) << "half of the variables is no launcher";
    EXPECT_FALSE(ranks_under({{"RANK", "0"}, {"WORLD_SIZE", "1"}}));
    EXPECT_FALSE(ranks_under({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}})) << "a batch script, not a step of srun";
}

TEST(Ranks, torchrun_listens_itself) {
    const auto ranks = ranks_under({{"RANK", "3"},
                                    {"WORLD_SIZE", "8"},
                                    {"LOCAL_RANK", "1"},
                                    {"LOCAL_WORLD_SIZE", "4"},
                                    {"MASTER_ADDR", "host"},
                                    {"MASTER_PORT", "29400"},
                                    {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                    {"TORCHELASTIC_RESTART_COUNT", "2"}});
    ASSERT_TRUE(ranks);
    EXPECT_EQ(ranks->rank, 3);
    EXPECT_EQ(ranks->count, 8);
    EXPECT_EQ(ranks->rank_here, 1);
    EXPECT_EQ(ranks->address, "host");
    EXPECT_EQ(ranks->port, 29400);
    EXPECT_TRUE(ranks->launcher_listens);
    EXPECT_EQ(ranks->attempt, "2");
}

TEST(Ranks, mpirun_on_one_machine_needs_no_address) {
    Variables variables{{"OMPI_COMM_WORLD_RANK", "1"},
                        {"OMPI_COMM_WORLD_SIZE", "2"},
                        {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"},
                        {"PMIX_NAMESPACE", "7"}};
    const auto ranks = ranks_under(variables);
    ASSERT_TRUE(ranks);
    EXPECT_EQ(ranks->rank, 1);
    EXPECT_EQ(ranks->count, 2);
    EXPECT_EQ(ranks->address, "127.0.0.1");
    EXPECT_FALSE(ranks->launcher_listens);
    variables["OMPI_COMM_WORLD_RANK"] = "0";
    EXPECT_EQ(ranks_under(variables)->port, ranks->port) << "all ranks agree";
    variables["PMIX_NAMESPACE"] = "8";
    EXPECT_NE(ranks_under(variables)->port, ranks->port) << "two jobs of one machine do not meet";
}

TEST(Ranks, mpirun_on_several_machines_must_be_told_where_rank_0_is) {
    Variables variables{
        {"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}};
    expect_refusal(variables, "2 of 4 ranks are on this machine", "set MASTER_ADDR");
    variables["MASTER_ADDR"] = "first";
    EXPECT_EQ(ranks_under(variables)->address, "first");
}

TEST(Ranks, mpich_counts_too) {
    const auto ranks = ranks_under({{"PMI_RANK", "0"}, {"PMI_SIZE", "2"}});
    ASSERT_TRUE(ranks);
    EXPECT_EQ(ranks->count, 2);
}

TEST(Ranks, srun_meets_on_the_first_host_of_the_step) {
    const auto ranks = ranks_under({{"SLURM_PROCID", "5"},
                                    {"SLURM_STEP_NUM_TASKS", "6"},
                                    {"SLURM_STEP_NODELIST", "node[07-09,12]"},
                                    {"SLURM_JOB_ID", "100"},
                                    {"SLURM_STEP_ID", "0"}});
    ASSERT_TRUE(ranks);
    EXPECT_EQ(ranks->rank, 5);
    EXPECT_EQ(ranks->count, 6);
    EXPECT_EQ(ranks->address, "node07");
    EXPECT_GE(ranks->port, 20000);
}

TEST(Ranks, the_first_host_of_slurms_lists) {
    for (const auto& [list, host] : std::map<std::string, std::string>{{"one", "one"},
                                                                       {"one,two", "one"},
                                                                       {"n[3-5]", "n3"},
                                                                       {"n[03,07-09],m1", "n03"},
                                                                       {"a,n[1-2]", "a"},
                                                                       {"rack[1-2]-gpu,x", "rack1-gpu"},
                                                                       {"", ""}})
        EXPECT_EQ(first_host(list), host) << list;
    EXPECT_THROW(first_host("n[1-"), Error);
}

TEST(Ranks, free_ports_are_ports) {
    EXPECT_GE(free_port(), 1024);
}

TEST(Ranks, variables_that_cannot_be_are_usage_errors) {
    for (const char* rank : {"2", "-1", "x", "1x", " 1", "99999999999999999999"})
        expect_refusal({{"RANK", rank}, {"WORLD_SIZE", "2"}}, "is not a number from 0 to 1", "one process");
    expect_refusal({{"RANK", "0"}, {"WORLD_SIZE", "0"}}, "WORLD_SIZE='0'", "one process");
    expect_refusal({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "70000"}}, "MASTER_PORT='70000'",
                   "one process");
}

}  // namespace
}  // namespace dsqbench
