#include "suite/deploy/network.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/api/error.h"
#include "kernels/api/layout.h"
#include "suite/core/error.h"
#include "suite/deploy/bits.h"

namespace dsqbench::deploy {

namespace {

// No network of the suite has a thousandth of that; a hostile file shall not ask for more memory than there is.
constexpr int most_extent = 1 << 16;
constexpr std::int64_t most_elements = std::int64_t{1} << 28;
constexpr std::int64_t most_bytes = std::int64_t{1} << 31;  // of all tensors of an image
constexpr std::size_t most_steps = 10'000;

class Checker {
public:
    Checker(const Network& network, const std::string& place) : network_(network), place_(place) {}

    void check() {
        if (network_.steps.empty()) fail("it has no steps");
        if (network_.steps.size() > most_steps || network_.tensors.size() > most_steps) fail("it has too many steps");
        std::int64_t bytes = 0;
        for (const TensorType& tensor : network_.tensors) {
            check(tensor);
            bytes += tensor.bytes();
            if (bytes > most_bytes) fail("its tensors take more than 2 GiB");
        }
        check(TensorType{network_.image.height, network_.image.width, network_.image.channels, 8});
        written_.assign(network_.tensors.size(), false);
        for (const Step& step : network_.steps) {
            step_ = &step;
            if (step.name.empty() || !names_.insert(step.name).second) fail("has no name of its own");
            std::visit([&](const auto& operation) { check(operation); }, step.operation);
        }
        step_ = nullptr;
        const Step& last = network_.steps.back();
        if (!last.output || !tensor(*last.output).is_real() || tensor(*last.output).pixels() != 1)
            fail("it does not end with logits");
    }

private:
    [[noreturn]] void fail(const std::string& message) const {
        throw Error(ExitCode::data,
                    step_ == nullptr ? "is no network: " + message : "step '" + step_->name + "' " + message, {},
                    place_);
    }

    void check(const TensorType& type) const {
        const bool sized = type.height >= 1 && type.height <= most_extent && type.width >= 1 &&
                           type.width <= most_extent && type.channels >= 1 && type.channels <= most_extent;
        if (!sized || type.pixels() * type.channels > most_elements) fail("a tensor has an impossible size");
        if (!type.is_real() && (type.bits < 1 || type.bits > 8)) fail("a tensor has neither 1 to 8 nor 32 bits");
    }

    const TensorType& tensor(int index) const {
        if (index < 0 || static_cast<std::size_t>(index) >= network_.tensors.size()) fail("names an unknown tensor");
        return network_.tensors[static_cast<std::size_t>(index)];
    }

    const TensorType& read(int index) const {
        const TensorType& type = tensor(index);
        if (!written_[static_cast<std::size_t>(index)]) fail("reads a tensor that no step before it writes");
        return type;
    }

    const TensorType& write(int index) {
        const TensorType& type = tensor(index);
        if (written_[static_cast<std::size_t>(index)]) fail("writes a tensor that was written before");
        written_[static_cast<std::size_t>(index)] = true;
        return type;
    }

    const TensorType& write_output() {
        if (!step_->output) fail("has no output");
        return write(*step_->output);
    }

    void expect_no_extras() const {
        if (step_->shortcut || !step_->codes.empty()) fail("has tensors that it does not use");
    }

    void expect_pixels(const TensorType& type, std::int64_t height, std::int64_t width, int channels) const {
        if (type.height != height || type.width != width || type.channels != channels)
            fail("does not fit the size of a tensor");
    }

    void check(const ReadImage& read_image) {
        expect_no_extras();
        if (step_->input != -1) fail("reads images from a tensor");
        const TensorType& out = write_output();
        expect_pixels(out, network_.image.height, network_.image.width, network_.image.channels);
        const std::size_t entries = static_cast<std::size_t>(out.channels) * 256;
        if (read_image.codes.size() != (out.is_real() ? 0 : entries) ||
            read_image.reals.size() != (out.is_real() ? entries : 0))
            fail("has no table of 256 entries a channel");
        for (const std::uint8_t code : read_image.codes)
            if (code >> std::min(out.bits, 8) != 0) fail("has a code of too many bits");
        if (!std::all_of(read_image.reals.begin(), read_image.reals.end(),
                         [](float real) { return std::isfinite(real); }))
            fail("has a number that is not finite");
    }

    void check(const RealGrid& grid, const TensorType& codes) const {
        if (codes.is_real() || codes.bits != grid.bits) fail("writes codes of other bits than the tensor's");
        if (!is_proper(grid)) fail("has a grid whose offset and step are no positive distances");
    }

    void check_real_outputs(const RealNumbers& real, const ConvolutionShape& shape) {
        if ((real.shortcut == Shortcut::added) != step_->shortcut.has_value())
            fail("has no short cut, or one too many");
        if (step_->shortcut) {
            const TensorType& shortcut = read(*step_->shortcut);
            expect_pixels(shortcut, shape.out_height(), shape.out_width(), shape.out_channels);
            if (!shortcut.is_real()) fail("adds codes");
        }
        if (real.grids.size() != step_->codes.size()) fail("has another number of grids than of tensors of codes");
        if (!step_->output && step_->codes.empty()) fail("has no output");
        if (step_->output) {
            const TensorType& out = write_output();
            if (!out.is_real()) fail("writes real numbers to codes");
            expect_pixels(out, shape.out_height(), shape.out_width(), shape.out_channels);
        }
        for (std::size_t i = 0; i < real.grids.size(); ++i) {
            const TensorType& codes = write(step_->codes[i]);
            expect_pixels(codes, shape.out_height(), shape.out_width(), shape.out_channels);
            check(real.grids[i], codes);
        }
    }

    void check(const IntegerConvolution& convolution) {
        const ConvolutionProblem& problem = convolution.problem;
        const ConvolutionShape& shape = problem.shape;
        const TensorType& in = read(step_->input);
        if (shape.batch != 1) fail("has a batch");
        if (in.bits != problem.activations.bits) fail("reads codes of other bits than the tensor's");
        expect_pixels(in, shape.height, shape.width, shape.in_channels);
        try {
            dsqbench::validate(problem);
        } catch (const ShapeError& error) {
            fail(std::string("has an impossible shape: ") + error.what());
        }
        if (convolution.weights.size() != dense_bytes(weight_count(problem), problem.weights.bits))
            fail("has another number of weights than its shape needs");
        if (const auto* real = std::get_if<RealNumbers>(&problem.epilogue)) {
            if (!real->window_scale.empty() && shape.groups != 1) fail("has window sums in groups");
            return check_real_outputs(*real, shape);
        }
        const auto* thresholds = std::get_if<Thresholds>(&problem.epilogue);
        if (thresholds == nullptr) fail("has an unknown last step");
        expect_no_extras();
        const TensorType& out = write_output();
        expect_pixels(out, shape.out_height(), shape.out_width(), shape.out_channels);
        if (out.bits != thresholds->bits) fail("writes codes of other bits than the tensor's");
    }

    void check(const RealConvolution& convolution) {
        const ConvolutionShape& shape = convolution.shape;
        const TensorType& in = read(step_->input);
        if (!in.is_real()) fail("reads codes as real numbers");
        if (shape.batch != 1 || shape.groups != 1) fail("has a batch or groups");
        expect_pixels(in, shape.height, shape.width, shape.in_channels);
        try {
            dsqbench::validate(shape);
            dsqbench::validate(Epilogue(convolution.epilogue), shape.out_channels);
        } catch (const ShapeError& error) {
            fail(std::string("has an impossible shape: ") + error.what());
        }
        const auto count = static_cast<std::size_t>(shape.out_channels) * static_cast<std::size_t>(shape.depth());
        if (convolution.weights.size() != count) fail("has another number of weights than its shape needs");
        if (!convolution.epilogue.window_scale.empty() || !convolution.epilogue.classes.empty())
            fail("has window sums or classes, which are for codes");
        for (const float weight : convolution.weights)
            if (!std::isfinite(weight)) fail("has a weight that is not finite");
        check_real_outputs(convolution.epilogue, shape);
    }

    void check(const Quantize& quantize) {
        expect_no_extras();
        const TensorType in = read(step_->input);
        const TensorType& out = write_output();
        expect_pixels(out, in.height, in.width, in.channels);
        if (!in.is_real()) fail("quantizes codes");
        check(quantize.grid, out);
    }

    void check(const MaxPool& pool) {
        expect_no_extras();
        const TensorType in = read(step_->input);
        const TensorType& out = write_output();
        const bool sized = pool.kernel >= 1 && pool.kernel <= most_extent && pool.stride >= 1 && pool.padding >= 0 &&
                           pool.padding < pool.kernel;
        if (!sized) fail("has an impossible shape");
        const int height = in.height + 2 * pool.padding - pool.kernel,
                  width = in.width + 2 * pool.padding - pool.kernel;
        if (height < 0 || width < 0 || !in.is_real() || !out.is_real()) fail("does not fit its input");
        expect_pixels(out, height / pool.stride + 1, width / pool.stride + 1, in.channels);
    }

    void check(const MeanPool&) {
        expect_no_extras();
        const TensorType in = read(step_->input);
        const TensorType& out = write_output();
        if (!in.is_real() || !out.is_real()) fail("takes the mean of codes");
        expect_pixels(out, 1, 1, in.channels);
    }

    const Network& network_;
    const std::string& place_;
    const Step* step_ = nullptr;
    std::vector<bool> written_;
    std::set<std::string> names_;
};

std::int64_t epilogue_bytes(const Epilogue& epilogue) {
    if (const auto* thresholds = std::get_if<Thresholds>(&epilogue))
        return static_cast<std::int64_t>(4 * thresholds->levels.size() + thresholds->directions.size());
    const auto* real = std::get_if<RealNumbers>(&epilogue);
    if (real == nullptr) return 0;
    return static_cast<std::int64_t>(4 * (real->scale.size() + real->bias.size() + real->window_scale.size()) +
                                     real->classes.size());
}

template <class Counts>
WeightSize weights_where(const Network& network, Counts counts) {
    WeightSize size;
    for (const Step& step : network.steps) {
        const auto* convolution = std::get_if<IntegerConvolution>(&step.operation);
        if (convolution == nullptr || !counts(convolution->problem.weights.bits)) continue;
        size.packed += static_cast<std::int64_t>(convolution->weights.size());
        size.epilogue += epilogue_bytes(convolution->problem.epilogue);
        size.as_float += 4 * static_cast<std::int64_t>(weight_count(convolution->problem));
    }
    return size;
}

}  // namespace

std::int64_t TensorType::bytes() const {
    return pixels() * (is_real() ? 4 * channels : pixel_bytes(channels, bits));
}

int Network::classes() const {
    return tensors[static_cast<std::size_t>(*steps.back().output)].channels;
}

void validate(const Network& network, const std::string& place) {
    Checker(network, place).check();
}

WeightSize low_bit_weights(const Network& network) {
    return weights_where(network, [](int bits) { return bits < 8; });
}

WeightSize all_weights(const Network& network) {
    WeightSize size = weights_where(network, [](int) { return true; });
    for (const Step& step : network.steps)
        if (const auto* convolution = std::get_if<RealConvolution>(&step.operation)) {
            const auto bytes = static_cast<std::int64_t>(4 * convolution->weights.size());
            size.packed += bytes;
            size.as_float += bytes;
            size.epilogue += epilogue_bytes(convolution->epilogue);
        }
    return size;
}

}  // namespace dsqbench::deploy
