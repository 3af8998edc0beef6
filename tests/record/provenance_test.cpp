#include "suite/record/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dsqbench {
namespace {

TEST(Provenance, names_build_machine_and_time) {
    const auto facts = provenance();
    for (const char* field : {"time", "commit", "version", "compiler", "build_type", "machine", "cpu", "kernel"})
        EXPECT_TRUE(facts.contains(field) && facts[field].is_string() && !facts[field].get<std::string>().empty())
            << field;
    EXPECT_EQ(facts["cores"], core_count());
    EXPECT_EQ(facts["memory_bytes"], memory_bytes());
    EXPECT_EQ(facts["machine"], machine_name());
}

TEST(Provenance, commit_is_a_hash_or_unknown) {
    EXPECT_THAT(build_info().commit, testing::MatchesRegex("unknown|[0-9a-f]+|[0-9a-f]+-dirty"));
}

TEST(Provenance, lists_the_libraries_that_layers_add) {
    EXPECT_TRUE(provenance()["libraries"].contains("fmt"));
    EXPECT_FALSE(provenance()["libraries"].contains("example"));
    add_library_version("example", "1.2");
    add_library_version("example", "1.3");
    EXPECT_EQ(provenance()["libraries"]["example"], "1.3");
}

}  // namespace
}  // namespace dsqbench
