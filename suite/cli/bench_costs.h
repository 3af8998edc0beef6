// Tables of measured costs in files, for the choice among kernels: `dsqbench bench --tune FILE` and `--costs FILE`.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernels/bench/layer_benchmark.h"
#include "suite/report/text_table.h"

namespace dsqbench {

// Error(usage) with the file, the line and what to do, where it is damaged or of another processor.
CostTable read_costs(const std::filesystem::path& file);

// Names of all kernels that are worth measuring: the scalar reference is not.
std::vector<std::string> kernels_to_tune();

// Medians of the kernels of a benchmark's layers.
class CostRecorder {
public:
    void add(const std::string& layer, const LayerResult& result);
    // Replaces what the file has about these kernels on these layers and keeps the rest; a new file where there is
    // none.
    void write(const std::filesystem::path& file) const;
    // For each layer and pair of bits the fastest kernel, beside the one that is chosen without measurements.
    TextTable summary() const;
    // Kernels that are left out of the table because no sample of theirs was undisturbed.
    int disturbed() const { return disturbed_; }

private:
    struct Choice {
        std::string layer, problem;
        BitPair bits;
        std::string by_default;
    };

    CostTable costs_;
    std::vector<Choice> choices_;
    int disturbed_ = 0;
};

}  // namespace dsqbench
