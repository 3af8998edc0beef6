#include "suite/models/pickle.h"

#include <fmt/format.h>

#include <cstring>
#include <unordered_map>

#include "suite/core/error.h"

namespace dsqbench {

namespace {

using Kind = PickleValue::Kind;

// ResNet-50's state takes 9,000; a value is some 150 bytes here and may be one in the file.
constexpr std::size_t most_values = 1'000'000;

class Parser {
public:
    Parser(std::string_view bytes, const std::string& place,
           const std::function<bool(std::string_view global)>& is_expected)
        : bytes_(bytes), place_(place), is_expected_(is_expected) {}

    Pickle parse() {
        while (true) {
            const unsigned char operation = byte();
            if (operation == '.') break;
            perform(operation);
        }
        if (stack_.size() != 1 || !marks_.empty()) fail("does not end with one value");
        pickle_.root = stack_.back();
        return std::move(pickle_);
    }

private:
    [[noreturn]] void fail(const std::string& message) const {
        throw Error(ExitCode::data, "its pickle " + message, "get the file again, or save a plain state_dict", place_);
    }

    std::string_view take(std::uint64_t count) {
        if (count > bytes_.size()) fail("breaks off");
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    unsigned char byte() { return static_cast<unsigned char>(take(1)[0]); }

    std::uint64_t little_endian(std::size_t size) {
        std::uint64_t value = 0;
        const std::string_view taken = take(size);
        for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
        return value;
    }
    // Two's complement of up to 8 bytes.
    std::int64_t signed_integer(std::size_t size) {
        if (size > 8) fail("holds an integer of more than 64 bits");
        if (size == 0) return 0;
        const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
        return static_cast<std::int64_t>(little_endian(size) << unused) >> unused;
    }
    double big_endian_double() {
        std::uint64_t bits = 0;
        for (const char c : take(8)) bits = bits << 8 | static_cast<unsigned char>(c);
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }
    std::string_view line() {
        const auto end = bytes_.find('\n');
        if (end == std::string_view::npos) fail("breaks off");
        const std::string_view text = take(end);
        take(1);
        return text;
    }

    PickleValue& push(Kind kind) {
        if (pickle_.values.size() == most_values) fail("holds more than a million values");
        pickle_.values.emplace_back();
        pickle_.values.back().kind = kind;
        stack_.push_back(&pickle_.values.back());
        return pickle_.values.back();
    }
    void push_integer(Kind kind, std::int64_t integer) { push(kind).integer = integer; }
    void push_text(std::string_view text) { push(Kind::text).text = text; }

    PickleValue* top() {
        if (stack_.size() == floor()) fail("takes a value that is not there");
        return stack_.back();
    }
    PickleValue* pop() {
        PickleValue* value = top();
        stack_.pop_back();
        return value;
    }
    // What an operation may reach: values above the last mark.
    std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

    using Values = std::vector<PickleValue::Reference>;
    Values pop_last(std::size_t count) {
        if (stack_.size() - floor() < count) fail("takes values that are not there");
        Values values(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
        stack_.resize(stack_.size() - count);
        return values;
    }
    Values pop_to_mark() {
        if (marks_.empty()) fail("takes a mark that is not there");
        Values values = pop_last(stack_.size() - floor());
        marks_.pop_back();
        return values;
    }

    void append(const Values& values) {
        PickleValue* list = top();
        if (list->kind != Kind::list) fail("appends to what is no list");
        list->items.insert(list->items.end(), values.begin(), values.end());
    }
    void set_items(const Values& values) {
        PickleValue* dict = top();
        if (dict->kind != Kind::dict && dict->kind != Kind::call) fail("sets items of what is no dict");
        if (values.size() % 2 != 0) fail("sets a key without a value");
        for (std::size_t i = 0; i < values.size(); i += 2) dict->entries.emplace_back(values[i], values[i + 1]);
    }
    void push_list(Values items) { push(Kind::list).items = std::move(items); }

    void push_global() {
        const std::string module(line());
        const std::string name = module + "." + std::string(line());
        check_global(name);
        push(Kind::global).text = name;
    }
    void push_global_from_stack() {
        const Values names = pop_last(2);
        if (names[0]->kind != Kind::text || names[1]->kind != Kind::text) fail("names a global by what is no text");
        const std::string name = names[0]->text + "." + names[1]->text;
        check_global(name);
        push(Kind::global).text = name;
    }
    void check_global(const std::string& name) const {
        if (!is_expected_(name))
            throw Error(ExitCode::data, fmt::format("asks for '{}', which weights do not need", name.substr(0, 80)),
                        "save the state_dict alone, of tensors", place_);
    }

    void push_call(Kind kind) {
        const Values parts = pop_last(2);
        if (parts[0]->kind != Kind::global) fail("calls what is no global");
        if (parts[1]->kind != Kind::list) fail("calls with what is no tuple");
        push(kind).items = parts;
    }
    void build() {
        const PickleValue* state = pop();
        PickleValue* target = top();
        if (target->kind != Kind::call && target->kind != Kind::object) fail("gives a state to what is no object");
        target->state = state;
    }

    void put(std::uint64_t key) { memo_[key] = top(); }
    void get(std::uint64_t key) {
        const auto position = memo_.find(key);
        if (position == memo_.end()) fail("recalls a value that it did not store");
        stack_.push_back(position->second);
        if (stack_.size() > most_values) fail("holds more than a million values");
    }

    void perform(unsigned char operation) {
        switch (operation) {
            case 0x80: {  // PROTO
                const int protocol = byte();
                if (protocol < 2 || protocol > 4) fail(fmt::format("is of protocol {}", protocol));
                return;
            }
            case 0x95:
                take(8);
                return;  // FRAME: a length, which readers may pass over
            case '(':
                marks_.push_back(stack_.size());
                return;
            case 'N':
                push(Kind::none);
                return;
            case 0x88:
                return push_integer(Kind::boolean, 1);
            case 0x89:
                return push_integer(Kind::boolean, 0);
            case 'K':
                return push_integer(Kind::integer, byte());
            case 'M':
                return push_integer(Kind::integer, static_cast<std::int64_t>(little_endian(2)));
            case 'J':
                return push_integer(Kind::integer, signed_integer(4));
            case 0x8a:
                return push_integer(Kind::integer, signed_integer(byte()));
            case 'G':
                push(Kind::real).real = big_endian_double();
                return;
            case 0x8c:
                return push_text(take(byte()));
            case 'X':
                return push_text(take(little_endian(4)));
            case 0x8d:
                return push_text(take(little_endian(8)));
            case ']':
            case ')':
                return push_list({});
            case '}':
                push(Kind::dict);
                return;
            case 0x85:
                return push_list(pop_last(1));
            case 0x86:
                return push_list(pop_last(2));
            case 0x87:
                return push_list(pop_last(3));
            case 't':
                return push_list(pop_to_mark());
            case 'a':
                return append(pop_last(1));
            case 'e':
                return append(pop_to_mark());
            case 's':
                return set_items(pop_last(2));
            case 'u':
                return set_items(pop_to_mark());
            case 'c':
                return push_global();
            case 0x93:
                return push_global_from_stack();
            case 'R':
                return push_call(Kind::call);
            case 0x81:
                return push_call(Kind::object);
            case 'b':
                return build();
            case 'Q': {
                const Values key = pop_last(1);
                push(Kind::persistent).items = key;
                return;
            }
            case 'q':
                return put(byte());
            case 'r':
                return put(little_endian(4));
            case 0x94:
                return put(memo_.size());
            case 'h':
                return get(byte());
            case 'j':
                return get(little_endian(4));
            default:
                fail(fmt::format("has the operation 0x{:02x}, which plain data does not need", operation));
        }
    }

    std::string_view bytes_;
    const std::string& place_;
    const std::function<bool(std::string_view global)>& is_expected_;
    Pickle pickle_;
    std::vector<PickleValue*> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, PickleValue*> memo_;
};

}  // namespace

Pickle parse_pickle(std::string_view bytes, const std::string& place,
                    const std::function<bool(std::string_view global)>& is_expected) {
    return Parser(bytes, place, is_expected).parse();
}

}  // namespace dsqbench
