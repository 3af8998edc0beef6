#include "suite/models/torch_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "suite/core/error.h"
#include "suite/models/pickle.h"
#include "suite/models/zip_archive.h"

namespace dsqbench {

namespace {

using Kind = PickleValue::Kind;
using Reference = PickleValue::Reference;

struct StorageType {
    std::string_view global;
    ElementType type;
};
constexpr std::array<StorageType, 10> storage_types{{{"torch.FloatStorage", ElementType::f32},
                                                     {"torch.DoubleStorage", ElementType::f64},
                                                     {"torch.HalfStorage", ElementType::f16},
                                                     {"torch.BFloat16Storage", ElementType::bf16},
                                                     {"torch.LongStorage", ElementType::i64},
                                                     {"torch.IntStorage", ElementType::i32},
                                                     {"torch.ShortStorage", ElementType::i16},
                                                     {"torch.CharStorage", ElementType::i8},
                                                     {"torch.ByteStorage", ElementType::u8},
                                                     {"torch.BoolStorage", ElementType::boolean}}};

constexpr std::string_view ordered_dict = "collections.OrderedDict";
constexpr std::string_view tensor_maker = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view parameter_maker = "torch._utils._rebuild_parameter";
// TorchScript's modules, and its way to write typed lists among their attributes.
constexpr std::string_view script_class = "__torch__.", script_list = "torch.jit._pickle.";

constexpr std::size_t most_dimensions = 64;  // as many as LibTorch takes
constexpr int deepest_module = 64;
constexpr std::size_t most_visits = 1'000'000;  // of modules, which may contain one another many times over

std::optional<ElementType> storage_type(std::string_view global) {
    for (const auto& known : storage_types)
        if (known.global == global) return known.type;
    return std::nullopt;
}

bool is_expected(std::string_view global) {
    return global == ordered_dict || global == tensor_maker || global == parameter_maker || storage_type(global) ||
           global.starts_with(script_class) || global.starts_with(script_list);
}

bool is_call_of(const PickleValue& value, std::string_view global) {
    return value.kind == Kind::call && value.items[0]->text == global;
}
bool is_dict(const PickleValue& value) {
    return value.kind == Kind::dict || is_call_of(value, ordered_dict);
}
bool is_tensor(const PickleValue& value) {
    return is_call_of(value, tensor_maker) || is_call_of(value, parameter_maker);
}
bool is_module(const PickleValue& value) {
    return value.kind == Kind::object && value.items[0]->text.starts_with(script_class);
}

// How a tensor lies in its storage, in elements.
struct Layout {
    std::uint64_t offset = 0, count = 1;
    std::vector<std::uint64_t> sizes, strides;
};

class Reader {
public:
    Reader(std::string_view bytes, const std::string& place)
        : archive_(bytes, place), place_(place), bytes_left_(4 * bytes.size()) {
        for (const auto& entry : archive_.entries()) {
            const auto slash = entry.first.find('/');
            if (slash == std::string::npos || entry.first.substr(slash) != "/data.pkl") continue;
            root_ = entry.first.substr(0, slash + 1);
        }
        if (root_.empty()) fail("a zip archive without the data.pkl of PyTorch");
        if (archive_.entries().count(root_ + "byteorder") > 0 && archive_.read(root_ + "byteorder") != "little")
            fail("written by a big-endian machine");
    }

    TensorFile read() {
        const Pickle pickle = parse_pickle(archive_.read(root_ + "data.pkl"), place_, is_expected);
        if (is_module(*pickle.root))
            add_module(*pickle.root, "", 0);
        else if (is_dict(*pickle.root))
            add_state(*pickle.root);
        else
            fail("holds neither a state_dict nor a TorchScript module");
        return std::move(file_);
    }

private:
    [[noreturn]] void fail(const std::string& message) const {
        throw Error(ExitCode::data, "no file of weights: " + message,
                    "save a state_dict, or make one with scripts/convert_weights.py", place_);
    }

    void add_state(const PickleValue& state) {
        for (const auto& [key, value] : state.entries) {
            if (key->kind != Kind::text) fail("a key of its dict is no text");
            if (!is_tensor(*value)) fail(fmt::format("'{}' is no tensor", key->text.substr(0, 80)));
            add(key->text, *value);
        }
    }

    void add_module(const PickleValue& module, const std::string& prefix, int depth) {
        if (depth == deepest_module || ++visits_ == most_visits) fail("its modules are nested without end");
        if (module.state == nullptr || module.state->kind != Kind::dict) fail("a module has no attributes");
        for (const auto& [key, value] : module.state->entries) {
            if (key->kind != Kind::text) fail("an attribute's name is no text");
            if (is_tensor(*value))
                add(prefix + key->text, *value);
            else if (is_module(*value))
                add_module(*value, prefix + key->text + ".", depth + 1);
        }
    }

    void add(const std::string& name, const PickleValue& value) {
        if (!file_.tensors.emplace(name, tensor(value, name)).second)
            fail(fmt::format("'{}' is there twice", name.substr(0, 80)));
    }

    // _rebuild_parameter(tensor, requires_grad, hooks); _rebuild_tensor_v2(storage, offset, size, stride, ...)
    StoredTensor tensor(const PickleValue& value, const std::string& name) {
        const auto& arguments = value.items[1]->items;
        if (is_call_of(value, parameter_maker)) {
            if (arguments.empty() || !is_call_of(*arguments[0], tensor_maker))
                fail(fmt::format("'{}' is a parameter of no tensor", name));
            return tensor(*arguments[0], name);
        }
        if (arguments.size() < 4) fail(fmt::format("'{}' lacks its layout", name));
        const auto& [type, elements] = storage(*arguments[0], name);
        const Layout layout = layout_of(arguments, elements.size() / size_of(type), name);
        spend(layout.count * size_of(type));
        StoredTensor stored;
        stored.type = type;
        stored.shape.assign(layout.sizes.begin(), layout.sizes.end());
        stored.bytes.reserve(layout.count * size_of(type));
        if (layout.count > 0) gather(elements, layout, size_of(type), 0, layout.offset, stored.bytes);
        return stored;
    }

    struct Storage {
        ElementType type = ElementType::f32;
        std::string elements;
    };

    // ("storage", torch.FloatStorage, "0", "cpu", 108): the bytes of data/0, which is read once.
    const Storage& storage(const PickleValue& value, const std::string& name) {
        if (value.kind != Kind::persistent || value.items[0]->kind != Kind::list || value.items[0]->items.size() != 5)
            fail(fmt::format("'{}' has no storage", name));
        const auto& parts = value.items[0]->items;
        const auto type = parts[1]->kind == Kind::global ? storage_type(parts[1]->text) : std::nullopt;
        if (!type || parts[2]->kind != Kind::text) fail(fmt::format("'{}' has a storage of an unknown kind", name));
        const auto [position, is_new] = storages_.try_emplace({parts[2]->text, *type});
        Storage& storage = position->second;
        if (is_new) {
            storage = {*type, archive_.read(root_ + "data/" + parts[2]->text)};
            spend(storage.elements.size());
        }
        if (storage.elements.size() != unsigned_of(*parts[4], name) * size_of(*type))
            fail(fmt::format("'{}' has a storage of another size than it says", name));
        return storage;
    }

    Layout layout_of(const std::vector<Reference>& arguments, std::uint64_t stored, const std::string& name) const {
        if (arguments[2]->kind != Kind::list || arguments[3]->kind != Kind::list ||
            arguments[2]->items.size() != arguments[3]->items.size() || arguments[2]->items.size() > most_dimensions)
            fail(fmt::format("'{}' has sizes that do not fit its strides", name));
        Layout layout;
        layout.offset = unsigned_of(*arguments[1], name);
        for (const Reference size : arguments[2]->items) layout.sizes.push_back(unsigned_of(*size, name));
        for (const Reference stride : arguments[3]->items) layout.strides.push_back(unsigned_of(*stride, name));
        unsigned __int128 last = layout.offset;  // 64 dimensions of 2^48 times 2^48 are below 2^102
        std::uint64_t product = 1;               // not zero with a size, so that no product of sizes can overflow
        for (std::size_t i = 0; i < layout.sizes.size(); ++i) {
            const std::uint64_t size = std::max<std::uint64_t>(layout.sizes[i], 1);
            if (product > largest / size) fail(fmt::format("'{}' is larger than any file", name));
            product *= size;
            last += static_cast<unsigned __int128>(size - 1) * layout.strides[i];
            layout.count *= layout.sizes[i];
        }
        if (layout.count > 0 && last >= stored) fail(fmt::format("'{}' lies outside its storage", name));
        return layout;
    }

    static constexpr std::uint64_t largest = std::uint64_t{1} << 48;
    std::uint64_t unsigned_of(const PickleValue& value, const std::string& name) const {
        if (value.kind != Kind::integer || value.integer < 0 || static_cast<std::uint64_t>(value.integer) > largest)
            fail(fmt::format("'{}' has an extent that is none", name));
        return static_cast<std::uint64_t>(value.integer);
    }

    // Row after row, whatever the strides.
    static void gather(const std::string& elements, const Layout& layout, std::size_t element_size,
                       std::size_t dimension, std::uint64_t first, std::string& out) {
        if (dimension == layout.sizes.size()) {
            out.append(elements, first * element_size, element_size);
            return;
        }
        const bool is_row = dimension + 1 == layout.sizes.size() && layout.strides[dimension] == 1;
        if (is_row) {
            out.append(elements, first * element_size, layout.sizes[dimension] * element_size);
            return;
        }
        for (std::uint64_t i = 0; i < layout.sizes[dimension]; ++i)
            gather(elements, layout, element_size, dimension + 1, first + i * layout.strides[dimension], out);
    }

    // Tensors may share a storage, or repeat an element; a small file must not fill the memory with that.
    void spend(std::uint64_t bytes) {
        if (bytes > bytes_left_) fail("its tensors hold far more than the file");
        bytes_left_ -= bytes;
    }

    ZipArchive archive_;
    const std::string& place_;
    std::string root_;
    std::uint64_t bytes_left_;  // the storages once, the tensors once, and as much again for those that share
    std::map<std::pair<std::string, ElementType>, Storage> storages_;
    std::size_t visits_ = 0;
    TensorFile file_;
};

}  // namespace

TensorFile parse_torch_file(std::string_view bytes, const std::string& place) {
    return Reader(bytes, place).read();
}

}  // namespace dsqbench
