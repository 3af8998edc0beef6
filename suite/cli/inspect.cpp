// `dsqbench inspect`: a quantizer's transfer and gradient curves, or the forward and backward pass of a quantizer or a
// network on a tensor from a file.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "quantizers/inspection.h"
#include "suite/cli/plot_script.h"
#include "suite/cli/verb.h"
#include "suite/cli/verbs.h"
#include "suite/models/inspection.h"

namespace dsqbench {

namespace {

struct Arguments {
    std::string name, model, role = "weight", ranges = "tensor", plot, input, output;
    int bits = 2, points = 101;
    std::optional<double> low, high;
    std::vector<std::string> options;
    ModelSettings network;
    bool training = false;
};

// "alpha=0.1" is a number, "eq13=soft" a text.
nlohmann::json parse_options(const std::vector<std::string>& assignments) {
    nlohmann::json options = nlohmann::json::object();
    for (const auto& assignment : assignments) {
        const auto equals = assignment.find('=');
        if (equals == std::string::npos || equals == 0)
            throw Error(ExitCode::usage, fmt::format("'{}' sets nothing", assignment), "write option=value");
        const std::string value = assignment.substr(equals + 1);
        const auto number = nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false);
        options[assignment.substr(0, equals)] = number.is_number() ? number : nlohmann::json(value);
    }
    return options;
}

QuantizerSettings settings_of(const Arguments& arguments) {
    QuantizerSettings settings;
    settings.role = arguments.role == "weight" ? QuantizerRole::weight : QuantizerRole::activation;
    settings.bits = arguments.bits;
    settings.options = parse_options(arguments.options);
    return settings;
}

std::string as_text(const Curve& curve) {
    std::string text = fmt::format("{}\n{}\n\n{:>12} {:>5} {:>12} {:>12} {:>12}\n", curve.quantizer.dump(),
                                   curve.state.dump(), "x", "code", "y", "surrogate", "dy/dx");
    for (const CurvePoint& point : curve.points)
        text += fmt::format("{:12.6g} {:>5} {:12.6g} {:12.6g} {:12.6g}\n", point.x,
                            point.code ? std::to_string(*point.code) : "-", point.y, point.surrogate, point.slope);
    return text;
}

void show_curve(const Arguments& arguments, const Session& session) {
    const Curve curve =
        draw_curve({arguments.name, settings_of(arguments), arguments.low, arguments.high, arguments.points});
    if (!arguments.plot.empty()) draw_with_script("plot_quantizer.py", as_json(curve), arguments.plot, session.program);
    session.json ? print_json(as_json(curve)) : print_result(as_text(curve));
}

// One range a channel of the file's x; the shape is checked again where the tensor is used.
std::int64_t channels_of(const Arguments& arguments, const TensorFile& input) {
    const auto x = input.tensors.find("x");
    if (arguments.ranges == "tensor" || x == input.tensors.end()) return 0;
    if (x->second.shape.empty() || x->second.shape.front() == 0)
        throw Error(ExitCode::data, "tensor 'x' has no channels", {}, arguments.input);
    return x->second.shape.front();
}

// Writes the file and says what it holds.
void report(const Arguments& arguments, const Session& session, const TensorFile& output) {
    write_safetensors(arguments.output, output);
    nlohmann::json json{{"output", arguments.output}, {"tensors", nlohmann::json::object()}};
    std::string text = arguments.output + "\n";
    for (const auto& [name, tensor] : output.tensors) {
        json["tensors"][name] = {{"dtype", name_of(tensor.type)}, {"shape", tensor.shape}};
        text += fmt::format("  {:<12} {:<4} [{}]\n", name, name_of(tensor.type), fmt::join(tensor.shape, ", "));
    }
    if (const auto quantizer = output.metadata.find("quantizer"); quantizer != output.metadata.end())
        json["quantizer"] = nlohmann::json::parse(quantizer->second);
    session.json ? print_json(json) : print_result(text);
}

void apply(const Arguments& arguments, const Session& session) {
    const TensorFile input = read_safetensors(arguments.input);
    QuantizerSettings settings = settings_of(arguments);
    settings.channels = channels_of(arguments, input);
    const TensorFile output = apply_to_file(arguments.name, settings, input, arguments.input);
    report(arguments, session, output);
}

void apply_network(const Arguments& arguments, const Session& session) {
    const TensorFile input = read_safetensors(arguments.input);
    const auto mode = arguments.training ? NetworkMode::training : NetworkMode::evaluation;
    report(arguments, session, apply_network(arguments.model, arguments.network, mode, input, arguments.input));
}

void run(const Arguments& arguments, const Session& session) {
    if (arguments.name.empty() == arguments.model.empty())
        throw Error(ExitCode::usage, "inspects one quantizer or one --model",
                    "see `dsqbench ls quantizers` and `dsqbench ls models`");
    if (arguments.input.empty() != arguments.output.empty())
        throw Error(ExitCode::usage, "--input and --output go together");
    if (!arguments.input.empty() && (arguments.low || arguments.high || !arguments.plot.empty()))
        throw Error(ExitCode::usage, "--low, --high and --plot belong to a curve, --input to a tensor",
                    "store l and u in the input file");
    if (arguments.input.empty() && arguments.ranges == "channel")
        throw Error(ExitCode::usage, "a curve is drawn for one range", "--ranges channel needs --input");
    if (!arguments.model.empty()) {
        if (arguments.input.empty())
            throw Error(ExitCode::usage, "a network needs images", "--input FILE --output FILE");
        return apply_network(arguments, session);
    }
    arguments.input.empty() ? show_curve(arguments, session) : apply(arguments, session);
}

void declare(CLI::App& command, Session& session) {
    auto arguments = std::make_shared<Arguments>();
    command.add_option("quantizer", arguments->name, "a registered quantizer: see `dsqbench ls quantizers`");
    add_option(command, "--model", arguments->model, "a network instead, on the images of --input; in FP32");
    add_option(command, "--width", arguments->network.width, "channels of the network's first stage")
        ->capture_default_str()
        ->check(CLI::Range(1, 1024));
    add_option(command, "--classes", arguments->network.classes, "of the network")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000));
    add_flag(command, "--training", arguments->training, "normalise by the batch instead of by what is remembered");
    add_option(command, "--bits", arguments->bits, "1 to 8")->capture_default_str();
    add_option(command, "--role", arguments->role, "what it quantizes")
        ->check(CLI::IsMember({"weight", "activation"}))
        ->capture_default_str();
    add_option(command, "--ranges", arguments->ranges, "one range for the tensor, or one a channel of dimension 0")
        ->check(CLI::IsMember({"tensor", "channel"}))
        ->capture_default_str();
    add_option(command, "--set", arguments->options, "an option of the quantizer: eq13=soft")->allow_extra_args(false);
    add_option(command, "--low", arguments->low, "low end of the range; default: fitted to standard-normal numbers");
    add_option(command, "--high", arguments->high, "high end of the range");
    add_option(command, "--points", arguments->points, "of the curve")->capture_default_str();
    add_plot_option(command, arguments->plot, "also draw the curves into this file");
    add_option(command, "--input", arguments->input, "safetensors file with x, and perhaps g, alpha, l, u, clip");
    add_option(command, "--output", arguments->output,
               "safetensors file for y, dx, grad.*, and codes, scale, offset or state.*");
    add_json_flag(command, session);
    command.callback([arguments, &session] { run(*arguments, session); });
}

}  // namespace

const Verb inspect_verb{
    "inspect", "a quantizer's transfer and gradient curves; passes of a quantizer or network on a tensor from a file",
    declare};

}  // namespace dsqbench
