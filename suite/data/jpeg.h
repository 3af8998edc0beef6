// JPEG through libjpeg-turbo.
#pragma once

#include <string>
#include <string_view>

#include "suite/data/decoded_image.h"

namespace dsqbench {

// Grey and CMYK images become RGB. A smaller image is made of the low frequencies of each block, without decoding the
// others: see decode_image(). Unless damaged images are to be filled, throws Error(data) at `place` also where libjpeg
// would only warn: it fills what is missing of a truncated file with grey, and that would be trained on.
DecodedImage decode_jpeg(std::string_view bytes, const std::string& place, const Decoding& decoding = {});

}  // namespace dsqbench
