#include <nlohmann/json.hpp>

#include "suite/core/file_system.h"
#include "suite/deploy/network_file.h"
#include "suite/deploy/network_format.h"
#include "suite/deploy/tensor_lists.h"

namespace dsqbench::deploy {

namespace {

using Json = nlohmann::json;

Json json_of(const RealGrid& grid) {
    return {{"bits", grid.bits}, {"offset", grid.offset}, {"step", grid.step}};
}

Json json_of(const ConvolutionShape& shape) {
    return {{"in", {shape.height, shape.width, shape.in_channels}},
            {"out_channels", shape.out_channels},
            {"kernel", {shape.kernel_height, shape.kernel_width}},
            {"stride", shape.stride},
            {"padding", {shape.padding.top, shape.padding.bottom, shape.padding.left, shape.padding.right}},
            {"groups", shape.groups}};
}

class Writer {
public:
    explicit Writer(const Network& network) : network_(network) {}

    std::string text() {
        Json tensors = Json::array(), steps = Json::array();
        for (const TensorType& type : network_.tensors)
            tensors.push_back({type.height, type.width, type.channels, type.bits});
        for (const Step& step : network_.steps) steps.push_back(json_of_step(step));
        const ImageSize& image = network_.image;
        const Json description = {{"model", network_.model},
                                  {"image", {image.channels, image.height, image.width}},
                                  {"source", network_.source},
                                  {"tensors", std::move(tensors)},
                                  {"steps", std::move(steps)}};
        file_.metadata["format"] = network_format_name;
        file_.metadata["version"] = std::to_string(network_file_version);
        file_.metadata["network"] = description.dump();
        file_.metadata["sha256"] = network_checksum(file_);
        return format_safetensors(file_);
    }

private:
    Json json_of_step(const Step& step) {
        prefix_ = step.name + ".";
        Json json = std::visit([this](const auto& operation) { return describe(operation); }, step.operation);
        json["name"] = step.name;
        json["input"] = step.input;
        if (step.shortcut) json["shortcut"] = *step.shortcut;
        if (step.output) json["output"] = *step.output;
        if (!step.codes.empty()) json["codes"] = step.codes;
        return json;
    }

    template <class Value>
    void put(const char* name, const std::vector<Value>& values) {
        if (!values.empty()) file_.tensors.emplace(prefix_ + name, stored(values));
    }

    Json describe(const ReadImage& read_image) {
        put("codes", read_image.codes);
        put("reals", read_image.reals);
        return {{"step", "image"}};
    }

    void describe(const Thresholds& thresholds, Json& json) {
        put("thresholds", thresholds.levels);
        std::vector<std::uint8_t> falling;
        for (const Direction direction : thresholds.directions) falling.push_back(direction == Direction::falling);
        put("falling", falling);
        json["finish"] = "thresholds";
        json["bits"] = thresholds.bits;
    }

    void describe(const RealNumbers& real, Json& json) {
        put("scale", real.scale);
        put("bias", real.bias);
        put("window_scale", real.window_scale);
        put("classes", real.classes);
        json["finish"] = "real";
        json["relu"] = real.rectifier == Rectifier::relu;
        json["grids"] = Json::array();
        for (const RealGrid& grid : real.grids) json["grids"].push_back(json_of(grid));
    }

    Json describe(const IntegerConvolution& convolution) {
        const ConvolutionProblem& problem = convolution.problem;
        put("weights", convolution.weights);
        Json json = {{"step", "convolution"},
                     {"shape", json_of(problem.shape)},
                     {"activation_bits", problem.activations.bits},
                     {"weight_bits", problem.weights.bits},
                     {"weight_codes", coding_names[static_cast<int>(problem.weights.coding)]}};
        if (const auto* thresholds = std::get_if<Thresholds>(&problem.epilogue)) describe(*thresholds, json);
        if (const auto* real = std::get_if<RealNumbers>(&problem.epilogue)) describe(*real, json);
        return json;
    }

    Json describe(const RealConvolution& convolution) {
        put("weights", convolution.weights);
        Json json = {{"step", "real_convolution"}, {"shape", json_of(convolution.shape)}};
        describe(convolution.epilogue, json);
        return json;
    }

    Json describe(const Quantize& quantize) { return {{"step", "quantize"}, {"grid", json_of(quantize.grid)}}; }
    Json describe(const MaxPool& pool) {
        return {{"step", "max_pool"}, {"kernel", pool.kernel}, {"stride", pool.stride}, {"padding", pool.padding}};
    }
    Json describe(const MeanPool&) { return {{"step", "mean_pool"}}; }

    const Network& network_;
    TensorFile file_;
    std::string prefix_;
};

}  // namespace

std::string format_network(const Network& network) {
    return Writer(network).text();
}

void write_network(const std::filesystem::path& path, const Network& network) {
    write_file_atomically(path, format_network(network));
}

}  // namespace dsqbench::deploy
