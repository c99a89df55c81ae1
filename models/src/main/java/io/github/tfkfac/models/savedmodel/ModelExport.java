package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.FingerprintDef;

/**
 * Writes a model that was loaded as a SavedModel again, with the values of a session.
 *
 * <p>{@code saved_model.pb}, assets and other files are those of the original; variables that the
 * graph does not have, such as an optimizer's slots, keep their saved values bit for bit. The
 * values are in one data file. The part of {@code fingerprint.pb} that stands for the values is
 * cleared.
 */
public final class ModelExport {

  private static final String FINGERPRINT = "fingerprint.pb";

  private ModelExport() {}

  /** What to do with a folder that is in the way. */
  public enum Existing {
    /** It is an error. */
    REFUSE,
    /** It is replaced once the new model is complete. */
    REPLACE
  }

  /**
   * Writes a model to a new folder; see {@link #write(LoadedModel, Session, Path, Existing)}.
   *
   * @throws SavedModelException if there is something at the target
   */
  public static void write(LoadedModel model, Session session, Path target) {
    write(model, session, target, Existing.REFUSE);
  }

  /**
   * Writes a model; it appears at the target in one move when it is complete.
   *
   * @param model the model; the folder that it was opened from must still exist, and may be the
   *     target
   * @param session the session whose values are written
   * @param target folder of the new model
   * @param existing what to do with a SavedModel that is there
   * @throws SavedModelException if it cannot be written; what was there before is left alone
   */
  public static void write(LoadedModel model, Session session, Path target, Existing existing) {
    try {
      NewFolder folder = NewFolder.begin(target, existing);
      try {
        copyOthers(model.file().folder(), folder.content());
        model.saveVariables(session, folder.content());
        folder.complete();
      } finally {
        folder.abandon();
      }
    } catch (IOException | TensorFlowException e) {
      throw SavedModelException.of(
          target, "a folder that can be written", String.valueOf(e), "see what is in the way", e);
    }
  }

  /** Copies everything but the values of the variables. */
  private static void copyOthers(Path from, Path to) throws IOException {
    Path variables = from.resolve("variables");
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(from)) {
      paths = walk.filter(path -> !path.startsWith(variables)).toList();
    }
    for (Path path : paths) {
      Path copy = to.resolve(from.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Files.createDirectories(copy);
      } else if (from.relativize(path).toString().equals(FINGERPRINT)) {
        FingerprintDef fingerprint = FingerprintDef.parseFrom(Files.readAllBytes(path));
        Files.write(copy, fingerprint.toBuilder().clearCheckpointHash().build().toByteArray());
      } else {
        Files.copy(path, copy);
      }
    }
    Files.createDirectories(to.resolve("variables"));
  }
}
