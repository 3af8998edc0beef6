// Images and labels in memory: what every reader returns. All sets of the suite fit (CIFAR-10: 184 MB).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "suite/data/dataset.h"

namespace dsqbench {

struct LabelledImages {
    ImageShape shape;
    int classes = 0;
    std::vector<std::uint8_t> pixels;  // [N, channels, height, width]
    std::vector<std::int32_t> labels;  // [N], each 0 .. classes - 1
    std::string source;                // the kind of files; enters the fingerprint
};

// Throws Error(data) at `place` for the first label that is not below `classes`.
void check_labels(const LabelledImages& images, const std::string& place);

class MemoryDataset : public Dataset {
public:
    // `images` must be whole and its labels checked: see check_labels.
    explicit MemoryDataset(LabelledImages images);

    std::int64_t size() const override { return static_cast<std::int64_t>(images_.labels.size()); }
    ImageShape shape() const override { return images_.shape; }
    int classes() const override { return images_.classes; }
    int label(std::int64_t index) const override { return images_.labels[static_cast<std::size_t>(index)]; }
    void image(std::int64_t index, std::uint8_t* pixels) const override;
    std::string fingerprint() const override { return fingerprint_; }
    std::string source() const override { return images_.source; }

private:
    LabelledImages images_;
    std::string fingerprint_;
};

}  // namespace dsqbench
