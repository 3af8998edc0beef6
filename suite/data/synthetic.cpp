// A set for tests that needs no files and can be learned: each class is a smooth random template, each image its
// class's template under noise and a change of brightness. Integers only, so that the bytes are the same on every
// platform.
#include <fmt/format.h>

#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/random.h"
#include "suite/data/memory_dataset.h"

namespace dsqbench {
namespace {

constexpr std::size_t max_bytes = std::size_t{4} << 30;

// A 5x5 grid of random levels, interpolated bilinearly in 1/256: smooth over a quarter of the image, so that
// convolutions, crops and strides keep what tells the classes apart. [height, width] levels in 64 .. 191.
std::vector<int> smooth_plane(Random& random, int height, int width) {
    int grid[5][5];
    for (auto& row : grid)
        for (int& level : row) level = 64 + static_cast<int>(random.below(128));
    std::vector<int> plane;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const int row = y * 1024 / height, column = x * 1024 / width;  // position in the grid, in 1/256
            const int i = row >> 8, j = column >> 8, down = row & 255, right = column & 255;
            const int upper = grid[i][j] * (256 - right) + grid[i][j + 1] * right;
            const int lower = grid[i + 1][j] * (256 - right) + grid[i + 1][j + 1] * right;
            plane.push_back((upper * (256 - down) + lower * down) >> 16);
        }
    return plane;
}

std::vector<int> class_template(const DatasetOptions& options, int label) {
    Random random(derive_seed(options.synthetic_seed, "synthetic template", {static_cast<std::uint64_t>(label)}));
    std::vector<int> levels;
    for (int channel = 0; channel < options.synthetic_shape.channels; ++channel) {
        const auto plane = smooth_plane(random, options.synthetic_shape.height, options.synthetic_shape.width);
        levels.insert(levels.end(), plane.begin(), plane.end());
    }
    return levels;
}

// The sum of four uniform bytes is near normal, with mean 510 and standard deviation 148; divided by 3: 49 grey levels,
// beside about 25 that tell two templates apart.
int noise(Random& random) {
    const std::uint64_t bits = random.next();
    return (static_cast<int>((bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24 & 255)) - 510) / 3;
}

void append_image(const std::vector<int>& levels, Random& random, std::vector<std::uint8_t>& pixels) {
    const int brightness = static_cast<int>(random.below(41)) - 20;
    for (const int level : levels)
        pixels.push_back(static_cast<std::uint8_t>(std::clamp(level + brightness + noise(random), 0, 255)));
}

void check(const DatasetOptions& options, std::int64_t count) {
    const ImageShape& shape = options.synthetic_shape;
    const bool sensible =
        count > 0 && options.synthetic_classes > 0 && shape.channels > 0 && shape.height > 0 && shape.width > 0;
    if (sensible && static_cast<std::size_t>(count) <= max_bytes / shape.bytes()) return;
    throw Error(ExitCode::recipe,
                fmt::format("cannot make {} synthetic images of {}x{}x{} in {} classes", count, shape.channels,
                            shape.height, shape.width, options.synthetic_classes),
                "each number must be positive, and all images together at most 4 GiB");
}

std::shared_ptr<const Dataset> open(const DatasetOptions& options, const std::filesystem::path&, Split split) {
    const bool train = split == Split::train;
    const std::int64_t count = train ? options.synthetic_train_images : options.synthetic_test_images;
    check(options, count);
    std::vector<std::vector<int>> templates;
    for (int label = 0; label < options.synthetic_classes; ++label) templates.push_back(class_template(options, label));
    LabelledImages set{options.synthetic_shape, options.synthetic_classes, {}, {}, "synthetic"};
    set.pixels.reserve(static_cast<std::size_t>(count) * set.shape.bytes());
    Random random(derive_seed(options.synthetic_seed, train ? "synthetic train" : "synthetic test"));
    for (std::int64_t i = 0; i < count; ++i) {
        set.labels.push_back(static_cast<std::int32_t>(i % options.synthetic_classes));
        append_image(templates[static_cast<std::size_t>(set.labels.back())], random, set.pixels);
    }
    return std::make_shared<MemoryDataset>(std::move(set));
}

const DatasetRegistration registration{"synthetic",
                                       {.open = open,
                                        .summary = "made on the spot for tests: smooth random templates under noise",
                                        .folder_name = {},
                                        .system_folders = {},
                                        .how_to_get = {},
                                        .mean = {0.5},  // by construction; the spread is measured: 0.22
                                        .standard_deviation = {0.22},
                                        .files = {}}};

}  // namespace
}  // namespace dsqbench
