#include "suite/deploy/network_format.h"

#include "suite/core/hash.h"

namespace dsqbench::deploy {

std::string network_checksum(const TensorFile& file) {
    Sha256 hash;
    hash.update(file.metadata.at("network"));
    for (const auto& [name, tensor] : file.tensors) {
        std::string head = "\n" + name + " " + std::string(name_of(tensor.type));
        for (const auto extent : tensor.shape) head += " " + std::to_string(extent);
        hash.update(head + "\n").update(tensor.bytes);
    }
    return hash.hex_digest();
}

}  // namespace dsqbench::deploy
