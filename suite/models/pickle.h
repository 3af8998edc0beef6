// Python's pickle format as a tree of values, and never as what it is to Python: a program. Calls and objects stay
// descriptions of themselves; nothing is looked up, imported or run.
// Format: https://docs.python.org/3/library/pickletools.html, protocols 2 to 4.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dsqbench {

struct PickleValue {
    enum class Kind {
        none,
        boolean,     // integer: 0 or 1
        integer,     // integer
        real,        // real
        text,        // text
        list,        // items: of a list or a tuple
        dict,        // entries
        global,      // text: "collections.OrderedDict"
        call,        // items: a global and its arguments' list; entries, if it was filled as a dict
        object,      // the same, of an instance that is made without a call; state: what its attributes are
        persistent,  // items: one value, by which the file around the pickle knows what is meant
    };
    using Reference = const PickleValue*;

    Kind kind = Kind::none;
    std::int64_t integer = 0;
    double real = 0;
    std::string text = {};
    std::vector<Reference> items = {};
    std::vector<std::pair<Reference, Reference>> entries = {};
    Reference state = nullptr;
};

// Owns the values; references go round in circles where a file says so.
struct Pickle {
    std::deque<PickleValue> values;
    PickleValue::Reference root = nullptr;
};

// `is_expected` is asked for every global, as "module.name". Throws Error(data) at `place` for one that is not, for
// operations that plain data does not need, and for anything that is not one whole pickle of at most a million values.
Pickle parse_pickle(std::string_view bytes, const std::string& place,
                    const std::function<bool(std::string_view global)>& is_expected);

}  // namespace dsqbench
