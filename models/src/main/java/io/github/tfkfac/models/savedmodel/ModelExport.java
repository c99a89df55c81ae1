package io.github.tfkfac.models.savedmodel;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
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
  private static final String VARIABLES = "variables";
  private static final String ASSETS = "assets";

  private ModelExport() {}

  /** Policy for a folder that is in the way. */
  public enum Existing {
    /** It is an error. */
    REJECT,
    /** It is replaced once the new model is complete. */
    REPLACE
  }

  /**
   * Writes a model to a new folder; see {@link #write(LoadedModel, Session, Path, Existing)}.
   *
   * @throws SavedModelException if there is something at the target
   */
  public static void write(LoadedModel model, Session session, Path target) {
    write(model, session, target, Existing.REJECT);
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
    write(
        target,
        existing,
        folder -> {
          copyOthers(model.file().folder(), folder);
          model.saveVariables(session, folder);
        });
  }

  /**
   * Writes the graph itself, for models to which something was added, such as a new head.
   *
   * <p>The new model has the form of TensorFlow 1: the plain graph of the signatures, variables
   * under the names of their operations, assets and tags as before. Variables that the signatures
   * do not need, such as slots of the optimizer that trained the original, are left out; so are the
   * original's objects and functions, and with them what Keras needs to load it as a Keras model.
   *
   * @param model the model
   * @param session the session whose values are written
   * @param signatures the signatures of the new model, tensors of the model's graph
   * @param target folder of the new model
   * @param existing what to do with a SavedModel that is there
   * @throws SavedModelException if it cannot be written; what was there before is left alone
   */
  public static void writeGraph(
      LoadedModel model,
      Session session,
      List<ExportedSignature> signatures,
      Path target,
      Existing existing) {
    if (signatures.isEmpty()) {
      throw new IllegalArgumentException("expected at least one signature to write, found none");
    }
    PlainModel plain = model.plain(signatures);
    write(
        target,
        existing,
        folder -> {
          Path assets = model.file().folder().resolve(ASSETS);
          if (Files.isDirectory(assets)) {
            copyTree(assets, folder.resolve(ASSETS), path -> true);
          }
          Files.createDirectories(folder.resolve(VARIABLES));
          Files.write(folder.resolve(SavedModelFile.NAME), sorted(plain.saved()));
          VariableFiles.save(session, plain.variables(), SavedModelFile.variablesPrefix(folder));
        });
  }

  /** Bytes with the entries of every map in order, the same for the same message. */
  private static byte[] sorted(Message message) throws IOException {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    message.writeTo(out);
    out.checkNoSpaceLeft();
    return bytes;
  }

  /** Puts a model's files into a folder. */
  @FunctionalInterface
  private interface Content {
    void writeTo(Path folder) throws IOException;
  }

  private static void write(Path target, Existing existing, Content content) {
    try {
      NewFolder folder = NewFolder.begin(target, existing);
      try {
        content.writeTo(folder.content());
        folder.complete();
      } finally {
        folder.abandon();
      }
    } catch (IOException | TensorFlowException e) {
      throw SavedModelException.of(
          target, "a folder that can be written", firstLine(e), "see what is in the way", e);
    }
  }

  private static String firstLine(Exception e) {
    return e.toString().lines().findFirst().orElse("an error");
  }

  /** Copies everything but the values of the variables. */
  private static void copyOthers(Path from, Path to) throws IOException {
    Path variables = from.resolve(VARIABLES);
    Path fingerprint = from.resolve(FINGERPRINT);
    copyTree(from, to, path -> !path.startsWith(variables) && !path.equals(fingerprint));
    Files.createDirectories(to.resolve(VARIABLES));
    if (Files.exists(fingerprint)) {
      FingerprintDef original = FingerprintDef.parseFrom(Files.readAllBytes(fingerprint));
      Files.write(
          to.resolve(FINGERPRINT),
          original.toBuilder().clearCheckpointHash().build().toByteArray());
    }
  }

  private static void copyTree(Path from, Path to, Predicate<Path> wanted) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(from)) {
      paths = walk.filter(wanted).toList();
    }
    for (Path path : paths) {
      Path copy = to.resolve(from.relativize(path).toString());
      if (Files.isDirectory(path)) {
        Files.createDirectories(copy);
      } else {
        Files.copy(path, copy);
      }
    }
  }
}
