#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>

namespace dsqbench {

namespace {

// Ends of ranges, and the bytes that text formats give a meaning to.
constexpr std::array<unsigned char, 16> telling_bytes{0x00, 0x01, 0x7F, 0x80, 0xC0, 0xFE, 0xFF, '\n',
                                                      '"',  '[',  ']',  '{',  '}',  '=',  '-',  '9'};
// Longest piece that one edit removes, repeats or overwrites.
constexpr std::uint64_t longest_piece = 64;

struct Piece {
    std::size_t begin, length;
};

Piece random_piece(const std::string& text, Random& random) {
    const std::size_t begin = random.below(text.size());
    return {begin, 1 + random.below(std::min<std::uint64_t>(longest_piece, text.size() - begin))};
}

char telling_byte(Random& random) {
    return static_cast<char>(telling_bytes[random.below(telling_bytes.size())]);
}

void edit(std::string& text, Random& random) {
    if (text.empty()) {
        text += telling_byte(random);
        return;
    }
    const Piece piece = random_piece(text, random);
    switch (random.below(6)) {
        case 0:
            text[piece.begin] = static_cast<char>(text[piece.begin] ^ (1 << random.below(8)));
            break;
        case 1:
            text[piece.begin] = telling_byte(random);
            break;
        case 2:
            std::fill_n(text.begin() + static_cast<long>(piece.begin), piece.length, telling_byte(random));
            break;
        case 3:
            text.erase(piece.begin, piece.length);
            break;
        case 4:
            text.insert(random.below(text.size() + 1), text.substr(piece.begin, piece.length));
            break;
        default:
            text.resize(piece.begin);
    }
}

}  // namespace

std::string mutate(std::string input, Random& random) {
    for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) edit(input, random);
    return input;
}

}  // namespace dsqbench
