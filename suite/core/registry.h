// Named plug-ins: a quantizer, a trick, a data set, a model, a report format registers itself with one line,
//     static const Registration<QuantizerEntry> registration{"pact", {...}};
// A duplicate name is an error that shows both places; an unknown name answers with the nearest known ones.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "suite/core/error.h"
#include "suite/core/text.h"

namespace dsqbench {

// Entry must have `static constexpr const char* kind`, the word used in messages ("quantizer").
template <class Entry>
class Registry {
public:
    // One registry per entry type; filled before main() and by plug-ins, read-only afterwards.
    static Registry& instance() {
        static Registry registry;
        return registry;
    }

    // Never throws, as it runs before main(): a duplicate is kept and reported by the first look-up.
    void add(const std::string& name, Entry entry, const std::string& place) {
        const auto [position, inserted] = entries_.try_emplace(name, Registered{std::move(entry), place});
        if (!inserted && duplicate_.empty())
            duplicate_ = std::string(Entry::kind) + " '" + name + "' is registered twice: at " + position->second.place +
                         " and at " + place;
    }

    // Throws Error(usage) for an unknown name.
    const Entry& find(const std::string& name) const {
        check();
        const auto position = entries_.find(name);
        if (position == entries_.end())
            throw Error(ExitCode::usage, std::string("unknown ") + Entry::kind + " '" + name + "'", suggestion(name, names()));
        return position->second.entry;
    }

    bool contains(const std::string& name) const { return entries_.count(name) > 0; }

    // Sorted.
    std::vector<std::string> names() const {
        check();
        std::vector<std::string> known;
        for (const auto& item : entries_) known.push_back(item.first);
        return known;
    }

    // The file and line that registered `name`; "" when unknown.
    std::string place(const std::string& name) const {
        const auto position = entries_.find(name);
        return position == entries_.end() ? std::string() : position->second.place;
    }

private:
    struct Registered {
        Entry entry;
        std::string place;
    };

    void check() const {
        if (!duplicate_.empty()) throw Error(ExitCode::failed, duplicate_);
    }

    std::map<std::string, Registered> entries_;
    std::string duplicate_;
};

template <class Entry>
struct Registration {
    // The defaults name the line of the caller; std::source_location is not in clang 14.
    Registration(const std::string& name, Entry entry, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        Registry<Entry>::instance().add(name, std::move(entry), std::string(file) + ":" + std::to_string(line));
    }
};

}  // namespace dsqbench
