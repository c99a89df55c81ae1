package io.github.tfkfac.models.savedmodel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tfkfac.models.savedmodel.KerasLayerRow.Cell;
import io.github.tfkfac.models.savedmodel.KerasLayerRow.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The table of Keras layers, {@code docs/guide/keras-layers.md}, from the models that {@code
 * src/test/python/keras_layers.py} writes.
 *
 * @param rows one for each model
 */
record KerasLayersTable(List<KerasLayerRow> rows) {

  /** The document, seen from this module. */
  static final Path DOCUMENT = Path.of("..", "docs", "guide", "keras-layers.md");

  KerasLayersTable {
    rows = List.copyOf(rows);
  }

  /**
   * Writes the document: {@code KerasLayersTable FILE [ROW ...]}; with rows, those alone.
   *
   * @param arguments the file and the rows
   */
  public static void main(String[] arguments) throws IOException {
    List<String> wanted = List.of(arguments).subList(1, arguments.length);
    Files.writeString(
        Path.of(arguments[0]),
        measure(
                Files.createTempDirectory("keras-layers"),
                name -> wanted.isEmpty() || wanted.contains(name))
            .markdown());
  }

  /** Tries every model of the resources whose name is wanted. */
  static KerasLayersTable measure(Path scratch, Predicate<String> wanted) {
    JsonNode listed;
    try {
      listed = new ObjectMapper().readTree(resources().resolve("rows.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<KerasLayerRow> rows = new ArrayList<>();
    for (JsonNode entry : listed) {
      String name = entry.get("row").asText();
      if (wanted.test(name)) {
        rows.add(row(name, entry, scratch));
      }
    }
    return new KerasLayersTable(rows);
  }

  private static KerasLayerRow row(String name, JsonNode entry, Path scratch) {
    if (entry.has("unavailable")) {
      Cell none =
          new Cell(
              Verdict.NONE,
              "not available: " + entry.get("unavailable").asText().replace("|", "\\|"));
      return new KerasLayerRow(name, none, Cell.NONE, Cell.NONE, Cell.NONE, 0);
    }
    Path archive = resources().resolve(entry.get("section").asText() + ".zip");
    return new KerasLayerTrial(name, KerasModel.unpack(archive, scratch.resolve(name), name + "/"))
        .run();
  }

  private static Path resources() {
    try {
      return Path.of(KerasLayersTable.class.getResource("/keras-layers").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many rows have a cell of a verdict. */
  long with(Verdict verdict) {
    return rows.stream().filter(row -> row.has(verdict)).count();
  }

  /** How many rows can be judged: Keras exports them. */
  long judged() {
    return rows.stream().filter(row -> row.loads().verdict() != Verdict.NONE).count();
  }

  /** Kernels trained without preconditioning. */
  int plainKernels() {
    return rows.stream().mapToInt(KerasLayerRow::plainKernels).sum();
  }

  /** The document. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # Keras, layer by layer

        Tiny models written by `model.export` of Keras 3.15.1 (TensorFlow 2.21), opened by this library (TensorFlow-Java 1.1.0,
        TensorFlow 2.18) and compared with `tf.saved_model.load` and `tf.GradientTape` on six examples: input, a layer `pre` with
        weights, through which the gradient has to pass, what the row names, Flatten, Dense(3) `head`; loss: mean squared error.

        """);
    text.append(
        """
        | of %d rows | |
        |---|---|
        | Keras does not export it, or stock TensorFlow has no gradient | %d |
        | output and gradient are those of stock TensorFlow | %d |
        | rejected in one line that names the cause | %d |
        | silently wrong | %d |
        | a gradient silently missing | %d |
        | a message of TensorFlow | %d |
        | K-FAC rejects what has a right gradient | %d |
        | kernels trained without preconditioning | %d |

        """
            .formatted(
                rows.size(),
                rows.size() - judged(),
                rows.stream().filter(KerasLayerRow::isRight).count(),
                rows.stream().filter(KerasLayerRow::isRejected).count(),
                with(Verdict.WRONG),
                with(Verdict.LOST),
                with(Verdict.RAW),
                rows.stream().filter(row -> row.captured().verdict() == Verdict.REJECTED).count(),
                plainKernels()));
    text.append(
        """
        Figures are largest differences relative to the largest value. The last column leaves out `pre` and `head`, unless one of
        their kernels is trained without preconditioning.

        `models/src/test/python/keras_layers.py` makes the models and references; the test `KerasLayersTest` makes this file from
        them and fails if it is out of date.

        | # | row | loads | output | gradient | K-FAC |
        |---|---|---|---|---|---|
        """);
    int number = 1;
    for (KerasLayerRow row : rows) {
      text.append("| ").append(number++).append(" | ").append(row.markdown()).append('\n');
    }
    return text.toString();
  }
}
