// PNG through libpng.
#pragma once

#include <string>
#include <string_view>

#include "suite/data/decoded_image.h"

namespace dsqbench {

// Grey, palette and 16-bit images become 8-bit RGB; transparent pixels are laid on black. Throws Error(data) at
// `place`.
DecodedImage decode_png(std::string_view bytes, const std::string& place, const Decoding& decoding = {});

}  // namespace dsqbench
