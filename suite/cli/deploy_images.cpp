#include "suite/cli/deploy_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "suite/core/error.h"
#include "suite/core/hash.h"
#include "suite/core/safetensors.h"
#include "suite/deploy/tensor_lists.h"

namespace dsqbench {

namespace {

const StoredTensor& tensor_of(const TensorFile& file, const std::string& place, const deploy::ImageSize& image) {
    const auto found = file.tensors.find("images");
    const std::string form =
        fmt::format("it must hold 'images', U8 [N, {}, {}, {}]", image.channels, image.height, image.width);
    if (found == file.tensors.end()) throw Error(ExitCode::data, "holds no images", form, place);
    const StoredTensor& images = found->second;
    const std::vector<std::int64_t> size{image.channels, image.height, image.width};
    if (images.type != ElementType::u8 || images.shape.size() != 4 ||
        !std::equal(size.begin(), size.end(), images.shape.begin() + 1))
        throw Error(ExitCode::data, "holds images of another type or size", form, place);
    if (images.shape[0] == 0) throw Error(ExitCode::data, "holds no image", {}, place);
    return images;
}

std::optional<double> accuracy(const TensorFile& file, const std::string& place, const std::vector<int>& predictions) {
    const auto found = file.tensors.find("labels");
    if (found == file.tensors.end()) return std::nullopt;
    if (found->second.type != ElementType::i32 ||
        found->second.element_count() != static_cast<std::int64_t>(predictions.size()))
        throw Error(ExitCode::data, "holds labels of another type or number than its images", "labels are I32 [N]",
                    place);
    const auto labels = deploy::values_of<std::int32_t>(found->second);
    std::size_t hits = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) hits += labels[i] == predictions[i];
    return 100.0 * static_cast<double>(hits) / static_cast<double>(labels.size());
}

}  // namespace

ImagePredictions predict_images(const deploy::Network& network, const deploy::ExecutorOptions& options,
                                const std::filesystem::path& file) {
    const std::string place = file.string();
    const TensorFile input = read_safetensors(file);
    const StoredTensor& images = tensor_of(input, place, network.image);
    const auto count = static_cast<std::size_t>(images.shape[0]);
    const std::size_t image_bytes = images.bytes.size() / count, batch = static_cast<std::size_t>(options.batch);
    deploy::Executor executor(network, options);
    std::vector<std::uint8_t> bytes(batch * image_bytes);  // behind the last image: black ones
    ImagePredictions found;
    Sha256 hash;
    for (std::size_t first = 0; first < count; first += batch) {
        const std::size_t size = std::min(batch, count - first);
        std::copy_n(images.bytes.data() + first * image_bytes, size * image_bytes,
                    reinterpret_cast<char*>(bytes.data()));
        const auto logits = executor.run(bytes.data()).first(size * static_cast<std::size_t>(executor.classes()));
        hash.update({reinterpret_cast<const char*>(logits.data()), logits.size_bytes()});
        for (const int prediction : deploy::predictions(logits, executor.classes()))
            found.predictions.push_back(prediction);
    }
    found.logits_sha256 = hash.hex_digest();
    found.top1 = accuracy(input, place, found.predictions);
    return found;
}

}  // namespace dsqbench
