#include "suite/deploy/executor.h"

#include <algorithm>
#include <functional>

#include "kernels/api/error.h"
#include "kernels/api/layout.h"
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
        for (const Step& step : network.steps)
            if (const auto* convolution = std::get_if<IntegerConvolution>(&step.operation))
                validate(in_batches(convolution->problem));
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

    // Passes other than convolutions: the images are shared among the threads.
    template <class Work>
    void for_images(const Work& work) {
        pool.run(options.batch, [&](Blocks part, std::size_t) {
            for (std::int64_t image = part.first; image < part.end; ++image) work(image);
        });
    }

    void prepare_step(const Step& step, const ReadImage& read_image) {
        const int output = *step.output;
        const TensorType out = type(output);
        steps.back().run = [this, read_image, output, out](const std::uint8_t* images) {
            for_images([&](std::int64_t image) {
                const std::uint8_t* bytes = images + static_cast<std::size_t>(image) * image_bytes;
                if (out.is_real())
                    read_reals(read_image, out, bytes, at<float>(output) + image * out.pixels() * out.channels);
                else
                    read_codes(read_image, out, bytes, at<std::uint8_t>(output) + image * out.bytes());
            });
        };
    }

    ConvolutionProblem in_batches(ConvolutionProblem problem) const {
        problem.shape.batch = options.batch;
        return problem;
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
        ConvolutionProblem problem = in_batches(operation.problem);
        const auto weights = from_dense(operation.weights, weight_count(problem), problem.weights.bits);
        const KernelVariant& variant = options.kernel.empty() ? choose_variant(problem, options.allowed, options.costs)
                                                              : find_variant(options.kernel);
        std::shared_ptr<const Convolution> convolution = prepare(variant, problem, weights);
        largest_input = std::max(largest_input, convolution->input_bytes());
        largest_scratch = std::max(largest_scratch, convolution->scratch_bytes());
        packed_weights += convolution->weight_bytes();
        steps.back().kernel = variant.name;
        ConvolutionBuffers buffers = buffers_of(step);
        const auto* real = std::get_if<RealNumbers>(&problem.epilogue);
        if (real == nullptr || real->window_scale.empty()) {
            steps.back().run = [this, convolution, buffers](const std::uint8_t*) { pool.run(*convolution, buffers); };
            return;
        }
        problem.shape.batch = 1;
        problem.epilogue = KeepSums{};
        const std::size_t batch = std::size_t(options.batch);
        pixel_sums.resize(std::max(pixel_sums.size(), batch * std::size_t(problem.shape.in_pixels())));
        sums.resize(std::max(sums.size(), batch * std::size_t(problem.shape.out_pixels())));
        steps.back().run = [this, convolution, buffers, problem](const std::uint8_t*) mutable {
            const std::int64_t in = problem.shape.in_pixels(), out = problem.shape.out_pixels();
            const auto bytes = static_cast<std::int64_t>(dsqbench::activation_bytes(problem));
            for_images([&](std::int64_t image) {
                window_sums(problem, buffers.activations + image * bytes, pixel_sums.data() + image * in,
                            sums.data() + image * out);
            });
            buffers.window_sums = sums.data();
            pool.run(*convolution, buffers);
        };
    }

    void prepare_step(const Step& step, const RealConvolution& operation) {
        ConvolutionShape shape = operation.shape;
        shape.batch = options.batch;
        const auto convolution = std::make_shared<FloatConvolution>(operation, shape);
        packed_weights += operation.weights.size() * sizeof(float);
        const ConvolutionBuffers buffers = buffers_of(step);
        const float* input = at<float>(step.input);
        steps.back().run = [convolution, buffers, input](const std::uint8_t*) { convolution->run(input, buffers); };
    }

    void prepare_step(const Step& step, const Quantize& quantize) {
        const int input = step.input, output = *step.output;
        const QuantizedPixels to{pixels(input), type(input).channels, quantize.grid};
        const int bytes = pixel_bytes(to.channels, to.grid.bits);
        steps.back().run = [this, input, output, to, bytes](const std::uint8_t*) {
            pool.run(to.pixels, [&](Blocks part, std::size_t) {
                quantize_pixels({part.end - part.first, to.channels, to.grid},
                                at<float>(input) + part.first * to.channels,
                                at<std::uint8_t>(output) + part.first * bytes, options.allowed);
            });
        };
    }

    void prepare_step(const Step& step, const MaxPool& pool_step) {
        const TensorType in = type(step.input);
        PoolShape shape;
        shape.height = in.height;
        shape.width = in.width;
        shape.channels = in.channels;
        shape.kernel = pool_step.kernel;
        shape.stride = pool_step.stride;
        shape.padding = pool_step.padding;
        const std::int64_t out_size = type(*step.output).pixels() * in.channels, in_size = in.pixels() * in.channels;
        const int input = step.input, output = *step.output;
        steps.back().run = [this, shape, in_size, out_size, input, output](const std::uint8_t*) {
            for_images([&](std::int64_t image) {
                max_pool(shape, at<float>(input) + image * in_size, at<float>(output) + image * out_size,
                         options.allowed);
            });
        };
    }

    void prepare_step(const Step& step, const MeanPool&) {
        const TensorType in = type(step.input);
        const int input = step.input, output = *step.output;
        steps.back().run = [this, in, input, output](const std::uint8_t*) {
            for_images([&](std::int64_t image) {
                mean_pixels(in, at<float>(input) + image * in.pixels() * in.channels,
                            at<float>(output) + image * in.channels);
            });
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
    std::vector<std::int32_t> pixel_sums, sums;          // of windows, shared by all steps
    std::size_t largest_input = 0, largest_scratch = 0;  // of a convolution, the latter for each thread
    std::size_t packed_weights = 0;
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
std::size_t Executor::weight_bytes() const {
    return state_->packed_weights;
}
std::size_t Executor::scratch_bytes() const {
    const std::size_t window_sums = (state_->pixel_sums.size() + state_->sums.size()) * sizeof(std::int32_t);
    return state_->largest_input + static_cast<std::size_t>(state_->pool.threads()) * state_->largest_scratch +
           window_sums;
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
