"use strict";
// Files that a user hands in: to a command, to a form, with a message.

/** A file as the server wants it. */
async function uploadedFile(file) {
  return { filename: file.name, data: await base64(file) };
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
