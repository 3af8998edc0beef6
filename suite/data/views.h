// Square views of images of any size, with torchvision's geometry: RandomResizedCrop for training, Resize and
// CenterCrop for evaluation, ColorJitter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "suite/core/random.h"
#include "suite/data/dataset.h"
#include "suite/data/resample.h"

namespace dsqbench {

// RandomResizedCrop: an area between `smallest_area` and all of the image with sides of 3:4 to 4:3; after ten that do
// not fit, the largest one in the middle that does.
Box random_crop(int width, int height, const ViewOptions& options, Random& random);

// Resize, then CenterCrop, as one box of the image.
Box centre_crop(int width, int height, const ViewOptions& options);

// How many times smaller (1, 2, 4 or 8) an image may be decoded so that the box still has `size` pixels a side.
int reduction_for(const Box& box, int size);

// The encoded file as a view: `pixels` [3, size, size]. Returns what the decoder complained of where damaged images are
// filled, mostly nothing. Throws Error(data) at `place`.
std::string training_view(std::string_view bytes, const std::string& place, const ViewOptions& options, Random& random,
                          std::uint8_t* pixels);
std::string evaluation_view(std::string_view bytes, const std::string& place, const ViewOptions& options,
                            std::uint8_t* pixels);

// ColorJitter without hue: the three in an order that is drawn. `pixels`: [3, area].
void jitter_colors(std::uint8_t* pixels, std::size_t area, double strength, Random& random);

}  // namespace dsqbench
