// A run's metrics as an event file of TensorBoard: a record an epoch, of everything that is a number in it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dsqbench {

// The records of TFRecord files (length and data, each with a masked CRC-32C) that hold TensorFlow's Event messages:
// the file's version, then one event for each of `epochs`, by its "epoch". Numbers are tagged by where they are:
// "train_loss", "layer1.0.conv1/weight/alpha".
std::string format_tensorboard(const std::vector<nlohmann::json>& epochs);

}  // namespace dsqbench
