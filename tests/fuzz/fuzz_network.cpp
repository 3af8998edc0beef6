// Any bytes are either refused with Error(data) or a network that survives being written and read again, and that runs.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "suite/core/error.h"
#include "suite/core/hash.h"
#include "suite/core/safetensors.h"
#include "suite/deploy/executor.h"
#include "suite/deploy/network_file.h"

namespace {

using namespace dsqbench;

// Mutations would never pass the checksum: a file that is one but for it gets a right one, so that the checks behind it
// are reached.
std::string with_checksum(const std::string& bytes) {
    TensorFile file;
    try {
        file = parse_safetensors(bytes, "input");
    } catch (const Error&) {
        return bytes;
    }
    std::string text = file.metadata["network"];
    for (const auto& [name, tensor] : file.tensors) {
        text += "\n" + name + " " + std::string(name_of(tensor.type));
        for (const auto extent : tensor.shape) text += " " + std::to_string(extent);
        text += "\n" + tensor.bytes;
    }
    file.metadata["sha256"] = sha256_hex(text);
    return format_safetensors(file);
}

// Multiplications and comparisons, roughly.
std::int64_t work_of(const deploy::Network& network) {
    std::int64_t work = 0;
    for (const auto& step : network.steps) {
        if (const auto* integer = std::get_if<deploy::IntegerConvolution>(&step.operation))
            work += integer->problem.shape.nominal_macs();
        if (const auto* real = std::get_if<deploy::RealConvolution>(&step.operation))
            work += real->shape.nominal_macs();
        if (const auto* pool = std::get_if<deploy::MaxPool>(&step.operation)) {
            const auto& out = network.tensors[static_cast<std::size_t>(*step.output)];
            const std::int64_t side = std::min(pool->kernel, std::max(network.image.height, network.image.width));
            work += out.pixels() * out.channels * side * side;
        }
    }
    return work;
}

void try_network(const std::string& bytes) {
    deploy::Network network;
    try {
        network = deploy::parse_network(bytes, "input");
    } catch (const Error& error) {
        if (error.code() != ExitCode::data) std::abort();
        return;
    }
    const std::string again = deploy::format_network(network);
    if (deploy::format_network(deploy::parse_network(again, "again")) != again) std::abort();
    const deploy::ImageSize& image = network.image;
    const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(image.channels) *
                                           static_cast<std::size_t>(image.height) *
                                           static_cast<std::size_t>(image.width));
    // A valid network may be larger than a test's time and memory.
    if (work_of(network) > 10'000'000 || deploy::plan_memory(network, 1, deploy::Reuse::no).bytes > (1U << 26)) return;
    deploy::Executor executor(network, {});
    executor.run(pixels.data());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    try_network(bytes);
    try_network(with_checksum(bytes));
    return 0;
}
