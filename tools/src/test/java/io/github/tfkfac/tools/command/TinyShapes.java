package io.github.tfkfac.tools.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tfkfac.detection.data.ShapesDataset;
import io.github.tfkfac.detection.data.ShapesOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Three images to train on and two to evaluate on, of 64 pixels, that tests damage.
 *
 * @param folder of the data set
 */
record TinyShapes(Path folder) {
  static final int TRAIN = 3;
  static final int VAL = 2;
  private static final int SIDE = 64;
  private static final long SEED = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  static TinyShapes write(Path folder) {
    return write(folder, VAL);
  }

  /** With another number of images to evaluate on. */
  static TinyShapes write(Path folder, int val) {
    ShapesDataset.write(
        folder, ShapesOptions.of(TRAIN, val, SEED).withSides(SIDE, SIDE).withObjects(2, 2, 0));
    return new TinyShapes(folder);
  }

  Path annotations(String part) {
    return folder.resolve("annotations/instances_" + part + ".json");
  }

  Path image(String part, int id) {
    return folder.resolve(part).resolve("%06d.jpg".formatted(id));
  }

  /** Changes the annotations of both parts. */
  void change(Consumer<ObjectNode> change) throws IOException {
    for (String part : List.of("train", "val")) {
      ObjectNode all = (ObjectNode) JSON.readTree(annotations(part).toFile());
      change.accept(all);
      JSON.writeValue(annotations(part).toFile(), all);
    }
  }

  /** Ends the annotations of both parts behind the images. */
  void cutAnnotations() throws IOException {
    for (String part : List.of("train", "val")) {
      String all = Files.readString(annotations(part));
      Files.writeString(annotations(part), all.substring(0, all.indexOf("\"categories\"")));
    }
  }

  /** Leaves the first half of a file. */
  static void cut(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, content.length / 2));
  }
}
