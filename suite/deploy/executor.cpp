#include "suite/deploy/executor.h"

#include <algorithm>
#include <functional>

#include "kernels/api/error.h"
#include "kernels/api/pixels.h"
#include "kernels/api/thread_pool.h"
#include "kernels/api/variant.h"
#include "kernels/api/window_sums.h"
#include "suite/deploy/bits.h"
#include "suite/deploy/real_steps.h"

namespace dsqbench::deploy {

namespace {

struct PreparedStep {
    std::string name, kernel;
    std::function<void(const std::uint8_t* images)> run;
};

}  // namespace

struct Executor::State {
    State(const Network& network, const ExecutorOptions& chosen)
        : options(chosen),
          tensors(network.tensors),
          plan(plan_memory(network, chosen.batch, chosen.reuse)),
          pool(chosen.threads),
          classes(network.classes()),
          image_bytes(std::size_t(network.image.channels) * std::size_t(network.image.height) *
                      std::size_t(network.image.width)),
          logits(*network.steps.back().output) {
        memory = arena.reserve(std::max<std::size_t>(plan.bytes, 64));
        for (const Step& step : network.steps) {
            steps.push_back({step.name, {}, {}});
            std::visit([&](const auto& operation) { prepare_step(step, operation); }, step.operation);
        }
    }

    template <class Value>
    Value* at(int tensor) const {
        return reinterpret_cast<Value*>(memory + plan.offsets[static_cast<std::size_t>(tensor)]);
    }
    const TensorType& type(int tensor) const { return tensors[static_cast<std::size_t>(tensor)]; }
    std::int64_t pixels(int tensor) const { return type(tensor).pixels() * options.batch; }

    void prepare_step(const Step& step, const ReadImage& read_image) {
        const int output = *step.output;
        const TensorType out = type(output);
        steps.back().run = [this, read_image, output, out](const std::uint8_t* images) {
            for (int image = 0; image < options.batch; ++image, images += image_bytes)
                if (out.is_real())
                    read_reals(read_image, out, images, at<float>(output) + image * out.pixels() * out.channels);
                else
                    read_codes(read_image, out, images, at<std::uint8_t>(output) + image * out.bytes());
        };
    }

    ConvolutionBuffers buffers_of(const Step& step) const {
        ConvolutionBuffers buffers;
        buffers.activations = at<std::uint8_t>(step.input);
        buffers.output = step.output ? at<void>(*step.output) : nullptr;
        if (step.shortcut) buffers.shortcut = at<float>(*step.shortcut);
        for (std::size_t i = 0; i < step.codes.size(); ++i) buffers.codes[i] = at<std::uint8_t>(step.codes[i]);
        return buffers;
    }

    void prepare_step(const Step& step, const IntegerConvolution& operation) {
        ConvolutionProblem problem = operation.problem;
        problem.shape.batch = options.batch;
        const auto weights = from_dense(operation.weights, weight_count(problem), problem.weights.bits);
        validate(problem);
        const KernelVariant& variant =
            options.kernel.empty() ? choose_variant(problem, options.allowed) : find_variant(options.kernel);
        std::shared_ptr<const Convolution> convolution = prepare(variant, problem, weights);
        scratch = std::max(scratch, convolution->input_bytes() + convolution->scratch_bytes());
        steps.back().kernel = variant.name;
        ConvolutionBuffers buffers = buffers_of(step);
        const auto* real = std::get_if<RealNumbers>(&problem.epilogue);
        if (real == nullptr || real->window_scale.empty()) {
            steps.back().run = [this, convolution, buffers](const std::uint8_t*) { pool.run(*convolution, buffers); };
            return;
        }
        const auto pixel_sums = std::make_shared<std::vector<std::int32_t>>(std::size_t(problem.shape.height) *
                                                                            std::size_t(problem.shape.width));
        const auto sums =
            std::make_shared<std::vector<std::int32_t>>(static_cast<std::size_t>(problem.shape.out_pixels()));
        buffers.window_sums = sums->data();
        problem.epilogue = KeepSums{};
        steps.back().run = [this, convolution, buffers, problem, pixel_sums, sums](const std::uint8_t*) {
            window_sums(problem, buffers.activations, pixel_sums->data(), sums->data());
            pool.run(*convolution, buffers);
        };
    }

    void prepare_step(const Step& step, const RealConvolution& operation) {
        ConvolutionShape shape = operation.shape;
        shape.batch = options.batch;
        const auto convolution = std::make_shared<FloatConvolution>(operation, shape);
        const ConvolutionBuffers buffers = buffers_of(step);
        const float* input = at<float>(step.input);
        steps.back().run = [convolution, buffers, input](const std::uint8_t*) { convolution->run(input, buffers); };
    }

    void prepare_step(const Step& step, const Quantize& quantize) {
        const int input = step.input, output = *step.output;
        const QuantizedPixels to{pixels(input), type(input).channels, quantize.grid};
        steps.back().run = [this, input, output, to](const std::uint8_t*) {
            quantize_pixels(to, at<float>(input), at<std::uint8_t>(output), options.allowed);
        };
    }

    void prepare_step(const Step& step, const MaxPool& pool_step) {
        const TensorType in = type(step.input);
        PoolShape shape;
        shape.batch = options.batch;
        shape.height = in.height;
        shape.width = in.width;
        shape.channels = in.channels;
        shape.kernel = pool_step.kernel;
        shape.stride = pool_step.stride;
        shape.padding = pool_step.padding;
        const int input = step.input, output = *step.output;
        steps.back().run = [this, shape, input, output](const std::uint8_t*) {
            max_pool(shape, at<float>(input), at<float>(output), options.allowed);
        };
    }

    void prepare_step(const Step& step, const MeanPool&) {
        const TensorType in = type(step.input);
        const int input = step.input, output = *step.output;
        steps.back().run = [this, in, input, output](const std::uint8_t*) {
            for (int image = 0; image < options.batch; ++image)
                mean_pixels(in, at<float>(input) + image * in.pixels() * in.channels,
                            at<float>(output) + image * in.channels);
        };
    }

    ExecutorOptions options;
    std::vector<TensorType> tensors;
    MemoryPlan plan;
    ThreadPool pool;
    int classes;
    std::size_t image_bytes;
    int logits;
    Workspace arena;
    std::byte* memory = nullptr;
    std::vector<PreparedStep> steps;
    std::size_t scratch = 0;
};

Executor::Executor(const Network& network, const ExecutorOptions& options)
    : state_(std::make_unique<State>(network, options)) {}
Executor::~Executor() = default;

int Executor::batch() const {
    return state_->options.batch;
}
int Executor::classes() const {
    return state_->classes;
}
std::size_t Executor::steps() const {
    return state_->steps.size();
}
const std::string& Executor::name(std::size_t step) const {
    return state_->steps[step].name;
}
const std::string& Executor::kernel(std::size_t step) const {
    return state_->steps[step].kernel;
}
std::size_t Executor::activation_bytes() const {
    return state_->plan.bytes;
}
std::size_t Executor::scratch_bytes() const {
    return state_->scratch;
}

std::span<const float> Executor::run(const std::uint8_t* images) {
    for (const PreparedStep& step : state_->steps) step.run(images);
    return {state_->at<float>(state_->logits), std::size_t(batch()) * std::size_t(classes())};
}

void Executor::run_step(std::size_t step, const std::uint8_t* images) {
    state_->steps[step].run(images);
}

std::span<const std::byte> Executor::tensor(int index) const {
    return {state_->at<std::byte>(index), static_cast<std::size_t>(state_->type(index).bytes()) * std::size_t(batch())};
}

std::vector<int> predictions(std::span<const float> logits, int classes) {
    std::vector<int> found;
    for (auto first = logits.begin(); first != logits.end(); first += classes)
        found.push_back(static_cast<int>(std::max_element(first, first + classes) - first));
    return found;
}

}  // namespace dsqbench::deploy
