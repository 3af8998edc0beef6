#include "suite/models/weights_file.h"

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/hash.h"
#include "suite/models/torch_file.h"

namespace dsqbench {

namespace {

constexpr std::size_t largest_file = std::size_t{4} << 30;
constexpr std::string_view zip_magic = "PK\x03\x04";
// A pickle of the integer 0x1950a86a20f9469cfc6c, with which torch.save() began before its files were zip archives.
constexpr std::string_view legacy_magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

TensorFile parse(std::string_view bytes, const std::string& place) {
    if (bytes.substr(0, zip_magic.size()) == zip_magic) return parse_torch_file(bytes, place);
    if (bytes.substr(0, legacy_magic.size()) == legacy_magic)
        throw Error(ExitCode::data, "a file of PyTorch as it was before 1.6", "scripts/convert_weights.py reads it",
                    place);
    // Eight bytes of length, then JSON.
    if (bytes.size() > 8 && bytes[8] == '{') return parse_safetensors(bytes, place);
    throw Error(ExitCode::data, "neither a safetensors file nor one of PyTorch",
                "scripts/convert_weights.py may read it", place);
}

}  // namespace

TensorFile read_weights_file(const std::filesystem::path& path) {
    TensorFile file = parse(read_file(path, largest_file), path.string());
    file.metadata.clear();
    if (file.tensors.empty()) throw Error(ExitCode::data, "holds no tensors", {}, path.string());
    return file;
}

std::string weights_id(const TensorFile& weights) {
    return sha256_hex(format_safetensors({weights.tensors, {}}));
}

}  // namespace dsqbench
