import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

/** ReadViews URL: what a tool asks when it connects, and then its user. A line each: what it is, and values between tabs. */
public final class ReadViews {
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            if (!connection.isValid(10)) throw new IllegalStateException("the connection is not valid");
            DatabaseMetaData found = connection.getMetaData();
            print("product", found.getDatabaseProductName());
            try (ResultSet schemas = found.getSchemas()) {
                while (schemas.next()) print("schema", schemas.getString("TABLE_SCHEM"));
            }
            try (ResultSet views = found.getTables(null, "forbruk", "usage\\_%", null)) {
                while (views.next())
                    print("view", views.getString("TABLE_NAME"), views.getString("TABLE_TYPE"));
            }
            try (ResultSet columns = found.getColumns(null, "forbruk", "usage_monthly", "%")) {
                while (columns.next())
                    print("column", columns.getString("COLUMN_NAME"), columns.getString("REMARKS"));
            }
            readMonth(connection);
        }
    }

    private static void readMonth(Connection connection) throws Exception {
        String sql = "SELECT client_id, sum(requests) AS total, sum(bytes) FROM usage_monthly WHERE month = ?"
                + " GROUP BY client_id ORDER BY total DESC LIMIT 2";
        try (PreparedStatement month = connection.prepareStatement(sql)) {
            month.setString(1, "2026-10");
            try (ResultSet rows = month.executeQuery()) {
                while (rows.next()) print("top", rows.getString(1), rows.getBigDecimal(2), rows.getBigDecimal(3));
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT toString(min(hour)), max(day) FROM"
                        + " (SELECT hour, toDate(hour, 'Europe/Oslo') AS day FROM usage_hourly)")) {
            while (rows.next()) print("range", rows.getString(1), rows.getDate(2));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE forbruk.mine (a UInt8) ENGINE = Memory");
            print("written", "");
        } catch (java.sql.SQLException refused) {
            print("refused", refused.getErrorCode());
        }
    }

    private static void print(Object... values) {
        StringBuilder line = new StringBuilder();
        for (Object value : values) line.append(line.isEmpty() ? "" : "\t").append(value);
        System.out.println(line);
    }
}
