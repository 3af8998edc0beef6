// The table of row fields: the one place to add a field.
#include "suite/record/row.h"

namespace dsqbench {

const std::vector<RowField>& row_fields() {
    constexpr auto required = Presence::required;
    constexpr auto optional = Presence::optional;
    const std::vector<std::string> any, training{"training"};
    // clang-format off
    static const std::vector<RowField> fields = {
        {"schema_version", "integer", "", "", required, "version of this table"},
        {"row_id", "text", "", "", required, "SHA-256 of the row without this field, keys sorted, no white space"},
        {"kind", "text", "", "", required, "what was measured", {"training"}},
        {"time", "text", "", "", required, "when the row was written, UTC"},
        {"machine", "text", "", "", required, "short name of the machine; also its folder in the store"},
        {"commit", "text", "", "", required, "of the program; '-dirty' when its sources differed from it"},
        {"version", "text", "", "", required, "of the program"},
        {"compiler", "text", "", "", optional, "that built the program"},

        {"recipe", "text", "", "", required, "name of the recipe", any, training},
        {"recipe_id", "text", "", "", required, "SHA-256 of the canonical resolved recipe", any, training},
        {"protocol_id", "text", "", "", required, "the same without the two quantizers; only equal ones compare", any, training},
        {"label", "text", "", "", required, "of the contender", any, training},
        {"weight_quantizer", "text", "", "", required, "name of the quantizer of the weights", any, training},
        {"activation_quantizer", "text", "", "", required, "name of the quantizer of the activations", any, training},
        {"weight_bits", "integer", "bit", "", required, "of the quantized layers' weights; 32 is not quantized", any, training},
        {"activation_bits", "integer", "bit", "", required, "of the quantized layers' inputs; 32 is not quantized", any, training},
        {"quantizer", "text", "", "", optional, "what the quantizers say of themselves, JSON", any, training},

        {"dataset", "text", "", "", required, "name of the data set", any, training},
        {"dataset_fingerprint", "text", "", "", required, "hash of its content", any, training},
        {"train_images", "integer", "images", "", required, "one epoch of training", any, training},
        {"evaluated_on", "text", "", "", required, "which images the accuracy is of", {"test", "validation"}, training},
        {"test_images", "integer", "images", "", required, "how many they are", any, training},

        {"model", "text", "", "", required, "name of the network", any, training},
        {"model_width", "integer", "channels", "", required, "of its first stage", any, training},
        {"seed", "integer", "", "", required, "root of every random stream of the run", any, training},
        {"epochs", "integer", "epochs", "", required, "trained, the pre-training not counted", any, training},

        {"outcome", "text", "", "", required, "did the training converge?", {"finished", "not converged"}, training},
        {"top1", "real", "%", "higher", optional, "accuracy after the last epoch", any, training},
        {"top5", "real", "%", "higher", optional, "the same, right class among the best five", any, training},
        {"loss", "real", "", "lower", optional, "cross-entropy after the last epoch, on the same images", any, training},

        {"images_per_second", "real", "images/s", "higher", optional, "training speed, evaluation not counted", any, training},
        {"peak_memory_bytes", "integer", "bytes", "lower", optional, "largest resident size of the process", any, training},
        {"train_seconds", "real", "s", "lower", optional, "time spent in training", any, training},

        {"publishable", "boolean", "", "", required, "may the row stand on the leaderboard?"},
        {"unpublishable_reason", "text", "", "", optional, "why not"},
        {"libtorch", "text", "", "", optional, "version of LibTorch", any, training},
        {"weights_sha256", "text", "", "", optional, "of the trained weights' file; joins accuracy to latency", any, training},
        {"run_directory", "text", "", "", optional, "where checkpoint and metrics were written", any, training},
    };
    // clang-format on
    return fields;
}

}  // namespace dsqbench
