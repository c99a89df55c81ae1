package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/**
 * Trains the models of the test resources by one step of plain descent and exports them, for the
 * check of stock TensorFlow in {@code src/test/python/keras_models.py}.
 */
final class KerasExports {

  private KerasExports() {}

  /**
   * Writes {@code OUT/NAME} for every model, or for those named: {@code KerasExports OUT [NAME
   * ...]}; a model that cannot be trained is left out with a line.
   *
   * @param arguments the folder and the names
   */
  public static void main(String[] arguments) throws IOException {
    Path out = Files.createDirectories(Path.of(arguments[0]));
    Path scratch = Files.createTempDirectory("keras-models");
    List<String> named = List.of(arguments).subList(1, arguments.length);
    for (String name : named.isEmpty() ? KerasModel.names() : named) {
      try {
        export(KerasModel.unpack(name, scratch.resolve(name)), out.resolve(name));
      } catch (RuntimeException e) {
        System.err.println(name + ": " + e.getMessage());
      }
    }
  }

  private static void export(KerasModel model, Path target) {
    try (KerasGraph graph = KerasGraph.open(model)) {
      Op step = graph.plainStep(graph.loss());
      try (Session session = graph.session()) {
        graph.run(session, step);
        ModelExport.write(graph.model(), session, target);
      }
    }
  }
}
