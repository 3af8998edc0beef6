#include "suite/recipe/toml_guard.h"

#include <algorithm>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

class Scanner {
public:
    Scanner(std::string_view text, const std::string& place) : text_(text), place_(place) {}

    void scan() {
        if (text_.substr(0, byte_order_mark.size()) == byte_order_mark) skip(byte_order_mark.size());
        while (!text_.empty()) {
            const char c = text_.front();
            if (c == '"' || c == '\'')
                skip_string(c);
            else if (c == '#')
                skip(std::min(text_.find('\n'), text_.size()));
            else
                count(c);
        }
    }

private:
    void skip(std::size_t length) {
        line_ += std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(length), '\n');
        text_.remove_prefix(length);
    }

    // A string of one line ends at the line's end when its quote is missing: no parser reads on from there.
    void skip_string(char quote) {
        const std::string triple(3, quote);
        const bool multiline = text_.substr(0, 3) == triple;
        const std::string_view end = std::string_view(triple).substr(0, multiline ? 3 : 1);
        std::size_t i = end.size();
        while (i < text_.size() && text_.substr(i, end.size()) != end && (multiline || text_[i] != '\n'))
            i += quote == '"' && text_[i] == '\\' ? length_of_escape(i) : 1;
        i += end.size();
        // """a""""" ends with two quotes of its own.
        for (int extra = 0; multiline && extra < 2 && i < text_.size() && text_[i] == quote; ++extra) ++i;
        skip(std::min(i, text_.size()));
    }

    std::size_t length_of_escape(std::size_t backslash) const {
        const auto next = text_.find_first_not_of(" \t\r\n", backslash + 1);
        if (next != std::string_view::npos && !is_ascii(text_[next]))
            refuse("a character outside ASCII stands after a backslash");
        return 2;
    }

    void count(char c) {
        if (!is_ascii(c)) refuse("a character outside ASCII stands outside quotes");
        if (c == '.' && ++dots_ > most_dots_in_a_key) refuse("a key has too many dots");
        if (c == '=' || c == ',' || c == '\n' || c == '[' || c == ']' || c == '{' || c == '}') dots_ = 0;
        if ((c == '[' || c == '{') && ++depth_ > deepest_brackets) refuse("brackets nest too deeply");
        if (c == ']' || c == '}') --depth_;
        skip(1);
    }

    [[noreturn]] void refuse(const std::string& message) const {
        throw Error(ExitCode::recipe, message, {}, place_ + ":" + std::to_string(line_));
    }

    std::string_view text_;
    const std::string& place_;
    std::ptrdiff_t line_ = 1;
    int dots_ = 0, depth_ = 0;
};

}  // namespace

void guard_toml(std::string_view text, const std::string& place) {
    Scanner(text, place).scan();
}

}  // namespace dsqbench
