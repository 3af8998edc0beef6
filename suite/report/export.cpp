#include "suite/report/export.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "suite/core/error.h"
#include "suite/core/file_system.h"
#include "suite/core/text.h"
#include "suite/record/row_line.h"
#include "suite/report/markup.h"

namespace dsqbench {

namespace {

namespace fs = std::filesystem;

// Written beside the file, and renamed to it when whole.
class Draft {
public:
    explicit Draft(const fs::path& file) : file_(file), path_(file.string() + fmt::format(".{}.tmp", ::getpid())) {
        if (file.has_parent_path()) create_folders(file.parent_path());
        std::error_code missing;
        fs::remove(path_, missing);
    }
    ~Draft() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    const fs::path& path() const { return path_; }
    void finish() {
        std::error_code error;
        fs::rename(path_, file_, error);
        if (error) fail(error.message());
    }
    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(ExitCode::failed, "cannot write: " + reason, {}, file_.string());
    }

private:
    fs::path file_, path_;
};

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

void execute(sqlite3* database, const std::string& sql, const Draft& draft) {
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        draft.fail(sqlite3_errmsg(database));
}

// Integers have no declared type: SQLite would turn the text of one beyond 2^63 - 1 into a rounded real.
std::string sql_type(const RowField& field) {
    if (field.type == "text") return "TEXT";
    if (field.type == "real") return "REAL";
    return field.type == "boolean" ? "INTEGER" : "";
}

std::string table_sql() {
    std::vector<std::string> columns;
    for (const auto& field : row_fields())
        columns.push_back(
            fmt::format("\"{}\" {}{}", field.name, sql_type(field), field.name == "row_id" ? " PRIMARY KEY" : ""));
    return "CREATE TABLE rows (" + join(columns, ", ") + ")";
}

// SQLite's integers end at 2^63 - 1; a larger seed is kept as its text, to the digit.
void bind(sqlite3_stmt* statement, int column, const RowField& field, const RowLine& row) {
    const auto json = row.json(field.name);
    if (!json) {
        sqlite3_bind_null(statement, column);
    } else if (field.type == "text") {
        const std::string text = row.text(field.name);
        sqlite3_bind_text(statement, column, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    } else if (field.type == "real") {
        sqlite3_bind_double(statement, column, row.real(field.name).value_or(0));
    } else if (field.type == "boolean") {
        sqlite3_bind_int(statement, column, row.is_true(field.name) ? 1 : 0);
    } else if (const auto value = row.integer(field.name); value && *value <= 0x7fffffffffffffffULL) {
        sqlite3_bind_int64(statement, column, static_cast<sqlite3_int64>(*value));
    } else {
        sqlite3_bind_text(statement, column, json->data(), static_cast<int>(json->size()), SQLITE_TRANSIENT);
    }
}

std::string cell_of(const RowField& field, const RowLine& row) {
    const auto json = row.json(field.name);
    if (!json) return {};
    return csv_cell(field.type == "text" ? row.text(field.name) : std::string(*json));
}

}  // namespace

std::size_t export_csv(const ResultStore& store, const fs::path& file) {
    Draft draft(file);
    std::ofstream out(draft.path(), std::ios::binary);
    std::vector<std::string> names;
    for (const auto& field : row_fields()) names.push_back(field.name);
    out << join(names, ",") << "\n";
    std::size_t count = 0;
    std::string line;
    store.visit([&](const RowLine& row) {
        line.clear();
        for (const auto& field : row_fields()) {
            if (!line.empty() || &field != &row_fields().front()) line += ',';
            line += cell_of(field, row);
        }
        out << line << "\n";
        ++count;
    });
    out.close();
    if (!out) draft.fail(std::strerror(errno));
    draft.finish();
    return count;
}

std::size_t export_sqlite(const ResultStore& store, const fs::path& file) {
    Draft draft(file);
    sqlite3* opened = nullptr;
    const int failure = sqlite3_open(draft.path().c_str(), &opened);
    Database database(opened);
    if (failure != SQLITE_OK) draft.fail(sqlite3_errstr(failure));
    // The file is whole or not there: it needs no journal of its own.
    execute(opened, "PRAGMA journal_mode = OFF", draft);
    execute(opened, "PRAGMA synchronous = OFF", draft);
    execute(opened, table_sql(), draft);
    execute(opened, "BEGIN", draft);
    std::vector<std::string> marks(row_fields().size(), "?");
    sqlite3_stmt* prepared = nullptr;
    const std::string insert = "INSERT INTO rows VALUES (" + join(marks, ",") + ")";
    if (sqlite3_prepare_v2(opened, insert.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
        draft.fail(sqlite3_errmsg(opened));
    Statement statement(prepared);
    std::size_t count = 0;
    store.visit([&](const RowLine& row) {
        int column = 0;
        for (const auto& field : row_fields()) bind(prepared, ++column, field, row);
        if (sqlite3_step(prepared) != SQLITE_DONE) draft.fail(sqlite3_errmsg(opened));
        sqlite3_reset(prepared);
        ++count;
    });
    statement.reset();
    for (const char* column : {"recipe", "label", "time"})
        execute(opened, fmt::format("CREATE INDEX rows_by_{0} ON rows ({0})", column), draft);
    execute(opened, "COMMIT", draft);
    database.reset();
    draft.finish();
    return count;
}

}  // namespace dsqbench
