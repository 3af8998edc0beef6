// The table of row fields: the one place to add a field.
#include <map>

#include "suite/record/row.h"

namespace dsqbench {

const std::vector<RowField>& row_fields() {
    constexpr auto required = Presence::required;
    constexpr auto optional = Presence::optional;
    const std::vector<std::string> any, training{"training"}, kernel{"kernel"},
        quantized{"training", "kernel", "training-speed", "network"};
    const std::vector<std::string> speed{"training-speed"}, trained{"training", "training-speed"},
        throughput{"throughput"}, in_rounds{"training-speed", "throughput"},
        timed{"kernel", "training-speed", "throughput", "network"};
    const std::vector<std::string> network{"network"}, latency{"kernel", "network"},
        repeated{"kernel", "throughput", "network"}, labelled{"training", "training-speed", "network"};
    // clang-format off
    static const std::vector<RowField> fields = {
        {"schema_version", "integer", "", "", required, "version of this table"},
        {"row_id", "text", "", "", required, "SHA-256 of the row without this field, keys sorted, no white space"},
        {"kind", "text", "", "", required, "what was measured", {"training", "kernel", "training-speed", "throughput", "network"}},
        {"time", "text", "", "", required, "when the row was written, UTC"},
        {"machine", "text", "", "", required, "short name of the machine; also its folder in the store"},
        {"commit", "text", "", "", required, "of the program; '-dirty' when its sources differed from it"},
        {"version", "text", "", "", required, "of the program"},
        {"compiler", "text", "", "", optional, "that built the program"},

        {"recipe", "text", "", "", required, "name of the recipe", any, training},
        {"recipe_id", "text", "", "", required, "SHA-256 of the canonical resolved recipe", any, training},
        {"protocol_id", "text", "", "", required, "the same without the two quantizers; only equal ones compare", any, training},
        {"label", "text", "", "", required, "of the contender; of a network: random, or the rival", any, labelled},
        {"weight_quantizer", "text", "", "", required, "name of the quantizer of the weights", any, trained},
        {"activation_quantizer", "text", "", "", required, "name of the quantizer of the activations", any, trained},
        {"weight_bits", "integer", "bit", "", required, "of the quantized layers' weights; 32 is not quantized", any, quantized},
        {"activation_bits", "integer", "bit", "", required, "of the quantized layers' inputs; 32 is not quantized", any, quantized},
        {"quantizer", "text", "", "", optional, "what the quantizers say of themselves, JSON", any, training},

        {"dataset", "text", "", "", required, "name of the data set", any, training},
        {"dataset_fingerprint", "text", "", "", required, "hash of its content", any, training},
        {"train_images", "integer", "images", "", required, "one epoch of training", any, training},
        {"evaluated_on", "text", "", "", required, "which images the accuracy is of", {"test", "validation"}, training},
        {"test_images", "integer", "images", "", required, "how many they are", any, training},

        {"model", "text", "", "", required, "name of the network", any, trained},
        {"model_width", "integer", "channels", "", required, "of its first stage", any, trained},
        {"seed", "integer", "", "", required, "root of every random stream of the run", any, training},
        {"epochs", "integer", "epochs", "", required, "trained, the pre-training not counted", any, training},

        {"outcome", "text", "", "", required, "did the training converge?", {"finished", "not converged"}, training},
        {"top1", "real", "%", "higher", optional, "accuracy after the last epoch", any, training},
        {"top5", "real", "%", "higher", optional, "the same, right class among the best five", any, training},
        {"loss", "real", "", "lower", optional, "cross-entropy after the last epoch, on the same images", any, training},
        {"run_statistics", "text", "", "", optional, "numbers of its metrics.jsonl that claims are about, JSON", any, training},

        {"images_per_second", "real", "images/s", "higher", optional, "training speed, evaluation not counted", any, trained},
        {"peak_memory_bytes", "integer", "bytes", "lower", optional, "largest resident size of the process", any, trained},
        {"train_seconds", "real", "s", "lower", optional, "time spent in training", any, training},

        {"ranks", "text", "", "", optional, "processes that trained it together, each on its part of every batch; '2, 1': one went on where two had stopped; absent: one", any, training},

        {"image", "text", "", "", required, "channels x rows x columns of an image", any, speed},
        {"batch", "integer", "images", "", required, "of a step, or of a network's run", any, {"training-speed", "network"}},
        {"rounds", "integer", "rounds", "", required, "in which every side took one turn", any, in_rounds},
        {"fp32_ratio", "real", "", "higher", required, "images/s over those of FP32 in the same round, median of the rounds", any, speed},
        {"fp32_ratio_lowest", "real", "", "higher", required, "the same, smallest", any, speed},
        {"fp32_ratio_highest", "real", "", "higher", required, "the same, largest", any, speed},
        {"fp32_memory_ratio", "real", "", "lower", required, "peak_memory_bytes over those of FP32", any, speed},
        {"training_isa", "text", "", "", required, "of the convolutions; none: LibTorch's own", {"none", "avx2", "avx512"}, speed},

        {"workload", "text", "", "", required, "what was done again and again", any, throughput},
        {"input", "text", "", "", required, "to what", any, throughput},
        {"processes", "integer", "processes", "", required, "that did it together", any, throughput},
        {"clock", "text", "", "", required, "of the rounds' seconds; processor: that of the process, as if it were alone", {"processor", "wall"}, throughput},
        {"rate_unit", "text", "", "", required, "of the rates", any, throughput},
        {"rate", "real", "", "higher", required, "of a round, median", any, throughput},
        {"rate_lowest", "real", "", "higher", required, "the same, smallest", any, throughput},
        {"rate_highest", "real", "", "higher", required, "the same, largest", any, throughput},
        {"rival", "text", "", "", optional, "that did the same in turn", any, throughput},
        {"rival_rate", "real", "", "", optional, "of its rounds, median", any, throughput},
        {"rival_ratio", "real", "", "higher", optional, "rate over the rival's in the same round, median of the rounds", any, throughput},
        {"rival_ratio_lowest", "real", "", "higher", optional, "the same, smallest", any, throughput},
        {"rival_ratio_highest", "real", "", "higher", optional, "the same, largest", any, throughput},

        {"network", "text", "", "", required, "the list of shapes that a layer is from; the model of a whole network", any, latency},
        {"layer", "text", "", "", required, "its name there", any, kernel},
        {"shape", "text", "", "", required, "n batch, h height, w width, c channels, k kernel, s stride, p paddings, g groups", any, kernel},
        {"method", "text", "", "", required, "measured: run on this machine; counted: instructions, under emulation; modelled: a processor's model of the inner loop", {"measured", "counted", "modelled"}, latency},
        {"variant", "text", "", "", required, "the kernel, or the rival library and its operator", any, latency},
        {"implementation", "text", "", "", optional, "the rival's own name of what ran", any, latency},
        {"instruction_set", "text", "", "", optional, "that the kernel needs; that a network, or its rival, may use", any, latency},
        {"held_to", "text", "", "", optional, "instruction sets that kernels and rivals of the run were held to; absent: none", any, kernel},
        {"processor", "text", "", "", optional, "vendor, family and model of the one that ran; name of the one that was emulated or modelled", any, timed},
        {"threads", "integer", "threads", "", required, "that computed", any, timed},
        {"cache", "text", "", "", required, "warm: run again and again; cold: nothing of the layer in any cache", {"warm", "cold"}, kernel},
        {"nominal_macs", "integer", "MAC", "", required, "multiply-accumulates as papers count them, padding included", any, kernel},
        {"real_macs", "integer", "MAC", "", required, "the same without those of padding pixels", any, kernel},
        {"samples", "integer", "samples", "", optional, "accepted: the machine was quiet before and after", any, latency},
        {"rejected_samples", "integer", "samples", "", optional, "the others", any, latency},
        {"median_ns", "real", "ns", "lower", optional, "of the accepted samples", any, latency},
        {"p10_ns", "real", "ns", "lower", optional, "their first decile", any, latency},
        {"minimum_ns", "real", "ns", "lower", optional, "the fastest of them", any, latency},
        {"spread", "real", "%", "lower", optional, "interquartile range over median", any, latency},
        {"gigaops", "real", "GOP/s", "higher", optional, "two operations a nominal MAC, at the median", any, kernel},
        {"core_gigahertz", "real", "GHz", "", optional, "true clock, from a chain of dependent additions", any, latency},
        {"macs_per_cycle", "real", "MAC/cycle", "higher", optional, "nominal, at the median and the true clock", any, kernel},
        {"table_roof", "real", "%", "higher", optional, "nominal MAC/cycle of what the instruction table allows", any, kernel},
        {"loop_roof", "real", "%", "higher", optional, "nominal MAC/cycle of the same inner loop on registers alone, run in the same process", any, kernel},
        {"thread_efficiency", "real", "%", "higher", optional, "one thread's median over threads times this one, same run, interleaved", any, kernel},
        {"int8_rival", "text", "", "", optional, "the 8-bit rival of int8_ratio", any, latency},
        {"int8_ratio", "real", "", "higher", optional, "its median over this one, same run, interleaved", any, latency},
        {"f32_rival", "text", "", "", optional, "the float rival of f32_ratio", any, latency},
        {"f32_ratio", "real", "", "higher", optional, "its median over this one, same run, interleaved", any, latency},
        {"rival_ratios", "text", "", "", optional, "the same for every rival of the run, JSON", any, kernel},
        {"check", "text", "", "", required, "output against the scalar reference; mistrusted: the data could not have failed", {"passed", "failed", "skipped", "mistrusted"}, latency},
        {"check_reason", "text", "", "", optional, "why not passed", any, latency},
        {"command", "text", "", "", optional, "that repeats the row", any, repeated},
        {"instructions", "integer", "instructions", "lower", optional, "executed for the layer", any, kernel},
        {"instructions_per_mac", "real", "", "lower", optional, "the same over nominal_macs", any, kernel},
        {"modelled_bound", "real", "MAC/cycle", "higher", optional, "inner loop, by its busiest resource: optimistic", any, kernel},
        {"modelled_simulation", "real", "MAC/cycle", "higher", optional, "inner loop, simulated: pessimistic for in-order processors", any, kernel},
        {"modelled_limit", "real", "MAC/cycle", "higher", optional, "the same bound for the scheme's own instructions, without those that load, count and jump", any, kernel},

        {"weights", "text", "", "", required, "of the network; random and constant ones are for latency alone", {"trained", "random", "constant"}, network},
        {"integer_top1", "real", "%", "higher", optional, "accuracy of the integer network on the run's evaluation images", any, network},
        {"equal_predictions", "real", "%", "higher", optional, "of the images: the same class as in fake-quantized evaluation", any, network},
        {"compared_images", "integer", "images", "", optional, "how many they are", any, network},
        {"compared_on", "text", "", "", optional, "which of the run's images they are", {"test", "validation"}, network},
        {"grids", "text", "", "", optional, "of random weights and of their activations", {"symmetric", "half-step", "affine"}, network},
        {"kernel_choice", "text", "", "", required, "of each layer's kernel: modelled cost, measured cost, or the name of one for all", any, network},
        {"timed", "boolean", "", "", required, "is there latency, beside size and accuracy?", any, network},
        {"weight_bytes", "integer", "bytes", "lower", optional, "of all weights as stored, with scales and thresholds; a rival's as it packed them", any, network},
        {"low_bit_weight_bytes", "integer", "bytes", "lower", optional, "the same of the layers below 8 bits", any, network},
        {"low_bit_float_bytes", "integer", "bytes", "", optional, "what those weights take as float32", any, network},
        {"file_bytes", "integer", "bytes", "lower", optional, "of the network's file", any, network},
        {"activation_bytes", "integer", "bytes", "lower", optional, "memory of all activations of a run", any, network},
        {"scratch_bytes", "integer", "bytes", "lower", optional, "memory that kernels need beside, for all threads", any, network},
        {"memory_bytes", "integer", "bytes", "lower", optional, "peak of a run: weights as the kernels packed them, activations and scratch", any, network},
        {"step_times", "text", "", "", optional, "name, kernel and median_ns of every step, JSON", any, network},

        {"publishable", "boolean", "", "", required, "may the row stand on the leaderboard?"},
        {"unpublishable_reason", "text", "", "", optional, "why not"},
        {"libtorch", "text", "", "", optional, "version of LibTorch", any, trained},
        {"device", "text", "", "", optional, "of LibTorch, where it was not the CPU", any, training},
        {"weights_sha256", "text", "", "", optional, "of the trained weights' file; joins accuracy to latency", any, {"training", "network"}},
        {"run_directory", "text", "", "", optional, "where checkpoint and metrics were written", any, training},
    };
    // clang-format on
    return fields;
}

const std::vector<std::string>& identity_fields(const std::string& kind) {
    static const std::map<std::string, std::vector<std::string>> fields{
        {"training", {"recipe_id", "seed", "dataset_fingerprint", "device"}},
        {"training-speed",
         {"label", "model", "model_width", "image", "batch", "threads", "weight_bits", "activation_bits",
          "training_isa", "processor"}},
        {"throughput", {"workload", "input", "processes", "threads", "clock", "rate_unit", "rival", "processor"}},
        {"kernel",
         {"network", "layer", "shape", "method", "variant", "held_to", "processor", "weight_bits", "activation_bits",
          "threads", "cache"}},
        {"network",
         {"network", "label", "variant", "instruction_set", "implementation", "processor", "weight_bits",
          "activation_bits", "grids", "kernel_choice", "timed", "threads", "batch", "weights_sha256"}},
    };
    static const std::vector<std::string> none;
    const auto found = fields.find(kind);
    return found == fields.end() ? none : found->second;
}

}  // namespace dsqbench
