// main() of a fuzz target without libFuzzer: every file of the corpus, then 2,000 mutations of them.
//     fuzz_<name> CORPUS_FOLDER [SEED]
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "tests/fuzz/mutation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace dsqbench {
namespace {

constexpr int mutation_count = 2000;

void give(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

// Sorted, so that a seed means the same inputs everywhere.
std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> inputs{""};
    for (const auto& path : paths) inputs.push_back(read_file(path));
    return inputs;
}

void replay(const std::filesystem::path& folder, std::uint64_t seed) {
    const auto inputs = read_corpus(folder);
    if (inputs.size() < 2) throw Error(ExitCode::usage, "the corpus is empty", {}, folder.string());
    // Printed first, so that it is there even when an input ends the process.
    fmt::print("{} files, {} mutations, seed {}\n", inputs.size() - 1, mutation_count, seed);
    std::fflush(stdout);
    for (const auto& input : inputs) give(input);
    for (int i = 0; i < mutation_count; ++i) {
        Random random(derive_seed(seed, "mutation", {static_cast<std::uint64_t>(i)}));
        const std::string& input = inputs[random.below(inputs.size())];
        try {
            give(mutate(input, random));
        } catch (const std::exception& error) {
            throw Error(ExitCode::failed, fmt::format("mutation {} with seed {}: {}", i, seed, error.what()));
        }
    }
}

}  // namespace
}  // namespace dsqbench

int main(int argc, char** argv) {
    if (argc < 2 || argc > 3) {
        fmt::print(stderr, "usage: {} CORPUS_FOLDER [SEED]\n", argv[0]);
        return 2;
    }
    try {
        dsqbench::replay(argv[1], argc > 2 ? std::stoull(argv[2]) : 1);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
