package io.github.tfkfac.tools.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tfkfac.tools.render.Table.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final List<Column> COLUMNS =
      List.of(Column.text("optimizer"), Column.number("epochs"), Column.text("note"));

  @Test
  void wordsStandLeftAndNumbersRight() {
    Table table =
        new Table(COLUMNS, List.of(List.of("nkfac", "7", "±1 °"), List.of("momentum", "120", "")));

    assertThat(table.text())
        .isEqualTo(
            """
            optimizer  epochs  note
            ---------  ------  ----
            nkfac           7  ±1 °
            momentum      120
            """);
  }

  @Test
  void rowsOfAnotherLengthAreRejected() {
    assertThatThrownBy(() -> new Table(COLUMNS, List.of(List.of("nkfac"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 3 cells in a table row, found 1");
  }
}
