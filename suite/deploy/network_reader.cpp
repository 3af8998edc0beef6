// Nothing that a file says is believed: whatever does not fit is Error(data).
#include <limits>
#include <nlohmann/json.hpp>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/deploy/network_file.h"
#include "suite/deploy/network_format.h"
#include "suite/deploy/tensor_lists.h"

namespace dsqbench::deploy {

namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_file = std::size_t{1} << 31;

class Reader {
public:
    Reader(std::string_view bytes, const std::string& place) : place_(place), file_(parse_safetensors(bytes, place)) {}

    Network network() {
        check_container();
        const Json description = Json::parse(file_.metadata.at("network"), nullptr, false);
        if (!description.is_object()) fail("its description is no JSON object");
        try {
            read(description);
        } catch (const Json::exception& error) {
            fail(std::string("its description is not that of a network: ") + error.what());
        }
        if (taken_ != file_.tensors.size()) fail("it holds tensors that no step uses");
        validate(network_, place_);
        return std::move(network_);
    }

private:
    [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const {
        throw Error(ExitCode::data, "not a valid network file: " + message, hint, place_);
    }

    std::string metadata(const char* key) const {
        const auto found = file_.metadata.find(key);
        return found == file_.metadata.end() ? "" : found->second;
    }

    void check_container() const {
        if (metadata("format") != network_format_name)
            fail("it is another safetensors file", "`dsqbench deploy RUN --output FILE` writes one");
        if (metadata("version") != std::to_string(network_file_version))
            fail("it is of version '" + metadata("version").substr(0, 20) + "', this program reads version " +
                     std::to_string(network_file_version),
                 "write it again with `dsqbench deploy RUN --output FILE`");
        if (file_.metadata.count("network") == 0) fail("it has no description");
        if (metadata("sha256") != network_checksum(file_))
            fail("its checksum does not hold: it was changed or damaged");
    }

    // JSON numbers may be anything; get<int>() would wrap them.
    int integer(const Json& json) const {
        if (!json.is_number_integer()) fail("a number of its description is no integer");
        const bool fits = json.is_number_unsigned()
                              ? json.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<int>::max()}
                              : json.get<std::int64_t>() >= std::numeric_limits<int>::min() &&
                                    json.get<std::int64_t>() <= std::numeric_limits<int>::max();
        if (!fits) fail("a number of its description is too large");
        return json.get<int>();
    }

    std::vector<int> integers(const Json& json, std::size_t count) const {
        if (!json.is_array() || json.size() != count) fail("a list of its description has a wrong length");
        std::vector<int> values;
        for (const Json& item : json) values.push_back(integer(item));
        return values;
    }

    void read(const Json& json) {
        network_.model = json.at("model").get<std::string>();
        const auto image = integers(json.at("image"), 3);
        network_.image = {image[0], image[1], image[2]};
        network_.source = json.at("source").get<std::map<std::string, std::string>>();
        for (const Json& item : json.at("tensors")) {
            const auto type = integers(item, 4);
            network_.tensors.push_back({type[0], type[1], type[2], type[3]});
        }
        for (const Json& item : json.at("steps")) network_.steps.push_back(read_step(item));
    }

    Step read_step(const Json& json) {
        Step step;
        step.name = json.at("name").get<std::string>();
        prefix_ = step.name + ".";
        step.input = integer(json.at("input"));
        if (json.contains("shortcut")) step.shortcut = integer(json.at("shortcut"));
        if (json.contains("output")) step.output = integer(json.at("output"));
        if (json.contains("codes")) step.codes = integers(json.at("codes"), json.at("codes").size());
        read_operation(json, step);
        return step;
    }

    void read_operation(const Json& json, Step& step) {
        const auto kind = json.at("step").get<std::string>();
        if (kind == "image") {
            ReadImage read_image;
            take("codes", read_image.codes);
            take("reals", read_image.reals);
            step.operation = std::move(read_image);
        } else if (kind == "convolution") {
            step.operation = read_convolution(json, step);
        } else if (kind == "real_convolution") {
            RealConvolution convolution;
            convolution.shape = shape(json.at("shape"));
            take("weights", convolution.weights);
            convolution.epilogue = read_real(json, step);
            step.operation = std::move(convolution);
        } else if (kind == "quantize") {
            step.operation = Quantize{grid(json.at("grid"))};
        } else if (kind == "max_pool") {
            step.operation =
                MaxPool{integer(json.at("kernel")), integer(json.at("stride")), integer(json.at("padding"))};
        } else if (kind == "mean_pool") {
            step.operation = MeanPool{};
        } else {
            fail("it has a step of the unknown kind '" + kind.substr(0, 40) + "'");
        }
    }

    ConvolutionShape shape(const Json& json) const {
        const auto in = integers(json.at("in"), 3), kernel = integers(json.at("kernel"), 2);
        const auto padding = integers(json.at("padding"), 4);
        ConvolutionShape shape;
        shape.height = in[0];
        shape.width = in[1];
        shape.in_channels = in[2];
        shape.out_channels = integer(json.at("out_channels"));
        shape.kernel_height = kernel[0];
        shape.kernel_width = kernel[1];
        shape.stride = integer(json.at("stride"));
        shape.padding = {padding[0], padding[1], padding[2], padding[3]};
        shape.groups = integer(json.at("groups"));
        return shape;
    }

    RealGrid grid(const Json& json) const {
        return {integer(json.at("bits")), json.at("offset").get<float>(), json.at("step").get<float>()};
    }

    Coding coding(const std::string& name) const {
        for (int i = 0; i < 3; ++i)
            if (name == coding_names[i]) return static_cast<Coding>(i);
        fail("it has weights of the unknown coding '" + name.substr(0, 40) + "'");
    }

    RealNumbers read_real(const Json& json, const Step& step) {
        RealNumbers real;
        take("scale", real.scale);
        take("bias", real.bias);
        take("window_scale", real.window_scale);
        take("classes", real.classes);
        real.rectifier = json.at("relu").get<bool>() ? Rectifier::relu : Rectifier::none;
        real.shortcut = step.shortcut ? Shortcut::added : Shortcut::none;
        for (const Json& item : json.at("grids")) real.grids.push_back(grid(item));
        return real;
    }

    Thresholds read_thresholds(const Json& json) {
        Thresholds thresholds;
        thresholds.bits = integer(json.at("bits"));
        take("thresholds", thresholds.levels);
        std::vector<std::uint8_t> falling;
        take("falling", falling);
        for (const std::uint8_t flag : falling)
            thresholds.directions.push_back(flag != 0 ? Direction::falling : Direction::rising);
        return thresholds;
    }

    IntegerConvolution read_convolution(const Json& json, const Step& step) {
        IntegerConvolution convolution;
        ConvolutionProblem& problem = convolution.problem;
        problem.shape = shape(json.at("shape"));
        problem.activations = {integer(json.at("activation_bits")), Coding::unsigned_codes};
        problem.weights = {integer(json.at("weight_bits")), coding(json.at("weight_codes").get<std::string>())};
        const auto finish = json.at("finish").get<std::string>();
        if (finish != "thresholds" && finish != "real") fail("it has a convolution of an unknown last step");
        if (finish == "thresholds")
            problem.epilogue = read_thresholds(json);
        else
            problem.epilogue = read_real(json, step);
        for (const CodeType& type : {problem.activations, problem.weights})
            if (type.bits < 1 || type.bits > 8) fail("it has codes of neither 1 to 8 bits");
        take("weights", convolution.weights);
        return convolution;
    }

    // A list that is absent is empty.
    template <class Value>
    void take(const char* name, std::vector<Value>& values) {
        const auto found = file_.tensors.find(prefix_ + name);
        if (found == file_.tensors.end()) return;
        if (found->second.type != stored_type<Value>)
            fail("tensor '" + found->first + "' has the type " + std::string(name_of(found->second.type)) + ", not " +
                 std::string(name_of(stored_type<Value>)));
        values = values_of<Value>(found->second);
        ++taken_;
    }

    const std::string& place_;
    TensorFile file_;
    Network network_;
    std::string prefix_;
    std::size_t taken_ = 0;
};

}  // namespace

Network parse_network(std::string_view bytes, const std::string& place) {
    return Reader(bytes, place).network();
}

Network read_network(const std::filesystem::path& path) {
    return parse_network(read_file(path, largest_file), path.string());
}

}  // namespace dsqbench::deploy
