package io.github.tfkfac.models.savedmodel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * A SavedModel on disk: its signatures and its variables. Reading it opens no graph.
 *
 * <p>{@link LoadedModel#open} builds a graph from it.
 */
public final class SavedModelFile {

  /** The tags of models for serving. */
  public static final Set<String> SERVE = Set.of("serve");

  /** The signature that most models have. */
  public static final String DEFAULT_SIGNATURE = "serving_default";

  static final String NAME = "saved_model.pb";

  private static final String INIT_SIGNATURE = "__saved_model_init_op";

  private final Path folder;
  private final MetaGraphDef model;
  private final CheckpointIndex checkpoint;
  private final SortedMap<String, SignatureSpec> signatures;
  private final List<SavedVariable> variables;
  private final SavedObjects objects;
  private final Map<Integer, String> variableObjects;

  private SavedModelFile(Path folder, MetaGraphDef model) {
    this.folder = folder;
    GraphSlice.requireAcyclic(model.getGraphDef());
    SortedMap<String, SignatureSpec> found = new TreeMap<>();
    model
        .getSignatureDefMap()
        .forEach((name, definition) -> found.put(name, SignatureSpec.of(name, definition)));
    found.remove(INIT_SIGNATURE);
    this.signatures = Collections.unmodifiableSortedMap(found);
    List<RestoredVariables.Restored> restored = RestoredVariables.of(model);
    this.objects = new SavedObjects(model.getObjectGraphDef());
    this.checkpoint =
        restored.isEmpty() && !objects.hasVariables()
            ? new CheckpointIndex(new TreeMap<>())
            : CheckpointIndex.read(variablesPrefix());
    NamedVariables named =
        NamedVariables.of(
            model.getGraphDef(),
            VariableIdentities.of(model, restored, objects, checkpoint),
            objects);
    this.model = model.toBuilder().setGraphDef(named.graph()).build();
    this.variableObjects = named.objects();
    this.variables =
        new VariableKinds(this.model, objects, checkpoint, found.values())
            .classify(named.variables());
  }

  /** Reads the model for serving; see {@link #read(Path, Set)}. */
  public static SavedModelFile read(Path folder) {
    return read(folder, SERVE);
  }

  /**
   * Reads a SavedModel's description.
   *
   * @param folder the folder that has {@code saved_model.pb}
   * @param tags the tags of the wanted graph, all of them
   * @throws SavedModelException if the folder is no SavedModel, has no graph of these tags, or
   *     lacks files of its variables
   */
  public static SavedModelFile read(Path folder, Set<String> tags) {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      boolean text = Files.isRegularFile(folder.resolve("saved_model.pbtxt"));
      throw SavedModelException.of(
          folder,
          "a SavedModel's folder with saved_model.pb",
          text ? "a model in text form" : Files.exists(folder) ? "none" : "no such folder",
          text ? "save it in binary form" : "name the folder that has that file");
    }
    SavedModel saved = parse(file);
    TreeSet<String> known = new TreeSet<>();
    for (MetaGraphDef graph : saved.getMetaGraphsList()) {
      Set<String> found = new TreeSet<>(graph.getMetaInfoDef().getTagsList());
      if (found.equals(tags)) {
        return SavedModelException.reading(file, () -> new SavedModelFile(folder, graph));
      }
      known.add(found.toString());
    }
    throw SavedModelException.of(
        folder,
        "a graph with the tags " + new TreeSet<>(tags),
        "graphs with " + String.join(", ", known),
        "choose one of these");
  }

  private static SavedModel parse(Path file) {
    try (InputStream stream = Files.newInputStream(file)) {
      return SavedModel.parseFrom(stream);
    } catch (IOException | IllegalStateException e) {
      // The latter is protobuf's for some lengths beyond 2³¹ in a stream.
      throw SavedModelException.of(
          file, "a SavedModel", "damage (" + e.getMessage() + ")", "copy the model again", e);
    }
  }

  /** The model's folder. */
  public Path folder() {
    return folder;
  }

  /** The version of TensorFlow that wrote the model. */
  public String tensorflowVersion() {
    return model.getMetaInfoDef().getTensorflowVersion();
  }

  /** The signatures by name. */
  public SortedMap<String, SignatureSpec> signatures() {
    return signatures;
  }

  /**
   * A signature by name.
   *
   * @throws SavedModelException if there is none of this name; the message lists those there are
   */
  public SignatureSpec signature(String name) {
    SignatureSpec signature = signatures.get(name);
    if (signature == null) {
      throw SavedModelException.of(
          folder,
          "signature '" + name + "'",
          signatures.isEmpty() ? "no signature at all" : "the signatures " + signatures.keySet(),
          signatures.isEmpty() ? "export the model with one" : "choose one of these");
    }
    return signature;
  }

  /**
   * Every variable that has a value in the model's checkpoint, whether a signature uses it or not.
   */
  public List<SavedVariable> variables() {
    return variables;
  }

  /** The model; in its graph every variable has one handle, which has the variable's name. */
  MetaGraphDef model() {
    return model;
  }

  /** The model's objects. */
  SavedObjects objects() {
    return objects;
  }

  /** The names of the variables that objects of the model are, by the objects' numbers. */
  Map<Integer, String> variableObjects() {
    return variableObjects;
  }

  CheckpointIndex checkpoint() {
    return checkpoint;
  }

  /** Prefix of the names of the variables' files. */
  Path variablesPrefix() {
    return variablesPrefix(folder);
  }

  static Path variablesPrefix(Path folder) {
    return folder.resolve("variables").resolve("variables");
  }
}
