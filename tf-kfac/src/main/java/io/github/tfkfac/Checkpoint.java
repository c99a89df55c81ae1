package io.github.tfkfac;

import io.github.tfkfac.internal.state.CheckpointManifest;
import io.github.tfkfac.internal.state.OrderedOps;
import io.github.tfkfac.internal.state.VariableAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TString;

/**
 * Saves and restores every variable of a graph, of either kind, together with a record of the run.
 *
 * <p>A checkpoint is a folder with TensorFlow's own variable files and a manifest with sizes and
 * checksums. It appears in one move when it is complete; a checkpoint that is cut short, altered,
 * or of another model is rejected before any variable is changed. Values come back bit for bit.
 *
 * <p>{@code Session.save} covers reference variables only; this covers resource variables, hence
 * the optimizer's state, as well.
 */
public final class Checkpoint {

  private static final String VARIABLES = "variables";

  private final List<String> variables;
  private final Placeholder<TString> file;
  private final Op save;
  private final Op restore;

  private Checkpoint(List<String> variables, Placeholder<TString> file, Op save, Op restore) {
    this.variables = List.copyOf(variables);
    this.file = file;
    this.save = save;
    this.restore = restore;
  }

  /**
   * Adds the operations that save and restore every variable that the graph has now: call it after
   * {@code minimize}, so that the optimizer's state is among them.
   *
   * @throws IllegalStateException if the graph has no variables
   */
  public static Checkpoint of(Graph graph) {
    List<GraphOperation> variables = new ArrayList<>();
    graph
        .operations()
        .forEachRemaining(
            operation -> {
              if (VariableAccess.isVariable(operation)) {
                variables.add(operation);
              }
            });
    if (variables.isEmpty()) {
      throw new IllegalStateException(
          "expected variables to save, found none in the graph; build the model first");
    }
    Ops tf = Ops.create(graph).withSubScope("checkpoint");
    Placeholder<TString> file = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
    String[] names = variables.stream().map(GraphOperation::name).toArray(String[]::new);
    Operand<TString> keys = tf.constant(StandardCharsets.UTF_8, names);
    Operand<TString> whole = tf.fill(tf.constant(new int[] {names.length}), tf.constant(""));
    List<Operand<?>> values = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    for (GraphOperation variable : variables) {
      values.add(VariableAccess.read(tf, variable));
      types.add(type(variable));
    }
    Op save = tf.train.save(file, keys, whole, values);
    List<Output<?>> restored = VariableAccess.restore(tf, file, keys, whole, types);
    List<Op> assignments = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      assignments.add(VariableAccess.assign(tf, variables.get(i), restored.get(i)));
    }
    return new Checkpoint(
        variables.stream().map(Checkpoint::describe).toList(),
        file,
        save,
        OrderedOps.group(tf, assignments));
  }

  /**
   * Writes a checkpoint; an older one in the same folder is replaced once the new one is complete.
   *
   * @param session the session whose values are saved
   * @param folder the checkpoint's folder, with nothing else in it
   * @param record entries to be given back by {@link #restore}
   * @throws CheckpointException if it cannot be written, or if the folder has other files; what was
   *     there before is left alone
   */
  public void save(Session session, Path folder, Map<String, String> record) {
    Path target = folder.toAbsolutePath();
    Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
    try {
      requireReplaceable(target);
      deleteFolder(unfinished);
      Files.createDirectories(unfinished);
      run(session, unfinished, save);
      CheckpointManifest.describing(unfinished, variables, record).write(unfinished);
      Path previous = target.resolveSibling(target.getFileName() + ".previous");
      deleteFolder(previous);
      if (Files.exists(target)) {
        Files.move(target, previous, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      deleteFolder(previous);
    } catch (IOException e) {
      throw unwritable(target, unfinished, e.toString(), e);
    } catch (TensorFlowException | TFInvalidArgumentException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.contains(unfinished.toString())) {
        throw e;
      }
      String line = message.lines().findFirst().orElse("");
      throw unwritable(target, unfinished, line.substring(line.lastIndexOf("; ") + 1).strip(), e);
    }
  }

  private static void requireReplaceable(Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    List<Path> others = List.of(target);
    if (Files.isDirectory(target)) {
      try (Stream<Path> entries = Files.list(target)) {
        others = entries.filter(entry -> !isOfCheckpoint(entry)).toList();
      }
    }
    if (!others.isEmpty()) {
      throw new CheckpointException(
          "expected a folder of its own for the checkpoint %s, found %s there, which would be lost; save it to a new folder"
              .formatted(target, others.get(0).getFileName()));
    }
  }

  private static boolean isOfCheckpoint(Path file) {
    String name = file.getFileName().toString();
    return name.equals(CheckpointManifest.FILE) || name.startsWith(VARIABLES + ".");
  }

  /** Leaves nothing unfinished, as far as that is possible. */
  private static CheckpointException unwritable(
      Path target, Path unfinished, String found, Exception cause) {
    try {
      deleteFolder(unfinished);
    } catch (IOException left) {
      cause.addSuppressed(left);
    }
    return new CheckpointException(
        "expected a place where the checkpoint %s can be written, found: %s; make room or see to the permissions, earlier checkpoints are intact"
            .formatted(target, found),
        cause);
  }

  /**
   * Sets every variable to its saved value; the session needs no {@code initialize} before.
   *
   * @return the record that was saved with them
   * @throws CheckpointException if the checkpoint is missing, damaged, or of another model; nothing
   *     is changed then
   */
  public Map<String, String> restore(Session session, Path folder) {
    CheckpointManifest manifest = CheckpointManifest.readAndVerify(folder);
    rejectOtherModel(folder, manifest);
    run(session, folder.toAbsolutePath(), restore);
    return manifest.record();
  }

  /**
   * Checks a checkpoint's files and returns the record saved with it.
   *
   * @throws CheckpointException if the checkpoint is missing or damaged
   */
  public static Map<String, String> verify(Path folder) {
    return CheckpointManifest.readAndVerify(folder).record();
  }

  private void rejectOtherModel(Path folder, CheckpointManifest manifest) {
    Set<String> saved = new HashSet<>(manifest.variables());
    Set<String> wanted = new HashSet<>(variables);
    List<String> missing = variables.stream().filter(v -> !saved.contains(v)).toList();
    List<String> unknown = manifest.variables().stream().filter(v -> !wanted.contains(v)).toList();
    if (missing.isEmpty() && unknown.isEmpty()) {
      return;
    }
    throw new CheckpointException(
        "the checkpoint in "
            + folder
            + " is of another model or optimizer: "
            + (missing.isEmpty()
                ? "the graph lacks " + unknown.size() + " of its variables, first " + unknown.get(0)
                : "it lacks "
                    + missing.size()
                    + " of the graph's variables, first "
                    + missing.get(0))
            + "; restore it with the options it was made with");
  }

  private void run(Session session, Path folder, Op target) {
    try (TString path = TString.scalarOf(folder.resolve(VARIABLES).toString())) {
      session.runner().feed(file, path).addTarget(target).run().close();
    }
  }

  private static DataType type(GraphOperation variable) {
    return variable.attributes().getAttrType("dtype");
  }

  /** Name, type and shape, as manifests list them. */
  private static String describe(GraphOperation variable) {
    return variable.name()
        + " "
        + typeName(type(variable))
        + " "
        + variable.attributes().getAttrShape("shape");
  }

  private static String typeName(DataType type) {
    return switch (type) {
      case DT_FLOAT -> "TFloat32";
      case DT_DOUBLE -> "TFloat64";
      case DT_INT32 -> "TInt32";
      case DT_INT64 -> "TInt64";
      case DT_BOOL -> "TBool";
      default -> type.name();
    };
  }

  static void deleteFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        Files.delete(entry);
      }
    }
    Files.delete(folder);
  }
}
