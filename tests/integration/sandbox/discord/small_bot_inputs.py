"""What the small bot takes from users: files of commands, forms, and messages from their menus."""

from typing import Any

import discord
from discord import app_commands

Interaction = discord.Interaction[Any]


async def described(file: discord.Attachment) -> str:
    """Describe a file by its attachment object and by what is at its address."""
    content = await file.read()
    size = f"{file.width}x{file.height}"
    return (
        f"{file.filename} {file.content_type} {size} {file.ephemeral} {file.size == len(content)}"
    )


@app_commands.command()
async def inspect(interaction: Interaction, file: discord.Attachment) -> None:
    """Say what a file is, after a deferred answer."""
    await interaction.response.defer(thinking=True)
    await interaction.edit_original_response(content=f"{file.url}\n{await described(file)}")


@app_commands.command()
async def reject(interaction: Interaction, file: discord.Attachment) -> None:
    """Delete the deferred answer, and refuse the file privately."""
    await interaction.response.defer(thinking=True)
    await interaction.delete_original_response()
    await interaction.followup.send(f"no {file.filename}", ephemeral=True)


class Form(discord.ui.Modal):
    """A form with a field of each kind, filled in from the start."""

    def __init__(self) -> None:
        super().__init__(title="Create", custom_id="create")
        self.prompt: discord.ui.TextInput[Form] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph, default="a fox", custom_id="prompt"
        )
        self.model: discord.ui.Select[Form] = discord.ui.Select(
            custom_id="model",
            options=[
                discord.SelectOption(label="Kling", value="kling-2", default=True),
                discord.SelectOption(label="Veo", value="veo-3"),
            ],
        )
        self.image: discord.ui.FileUpload[Form] = discord.ui.FileUpload(
            custom_id="image", required=False, max_values=2
        )
        self.private: discord.ui.Checkbox[Form] = discord.ui.Checkbox(custom_id="private")
        for text, field in (
            ("Prompt", self.prompt),
            ("Model", self.model),
            ("Image", self.image),
            ("Private", self.private),
        ):
            self.add_item(discord.ui.Label(text=text, component=field))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Say what was filled in, on the message whose button opened the form if there is one."""
        files = [await described(file) for file in self.image.values]
        said = f"{self.prompt.value} | {self.model.values} | {files} | {self.private.value}"
        if interaction.message is not None:
            await interaction.response.edit_message(content=said, view=None)
        else:
            await interaction.response.send_message(said)


async def open_form(interaction: Interaction) -> None:
    """Open the form.

    discord.py knows a form only once its call has returned; a test may send it sooner than a person.
    """
    form = Form()
    interaction.client._connection.store_view(form)
    await interaction.response.send_modal(form)


class FormButton(discord.ui.Button[discord.ui.View]):
    """A button that opens the form."""

    async def callback(self, interaction: Interaction) -> None:
        """Open the form."""
        await open_form(interaction)


@app_commands.command()
async def create(interaction: Interaction) -> None:
    """Open the form."""
    await open_form(interaction)


@app_commands.command()
async def offer(interaction: Interaction) -> None:
    """Offer a button that opens the form."""
    view = discord.ui.View()
    view.add_item(FormButton(label="Edit"))
    await interaction.response.send_message("offered", view=view)


@app_commands.context_menu(name="Animate")
async def animate(interaction: Interaction, message: discord.Message) -> None:
    """Say what files a message has."""
    files = [await described(file) for file in message.attachments]
    said = f"{message.author.display_name}: {message.content} {files}"
    await interaction.response.send_message(said, ephemeral=True)


COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = (
    inspect,
    reject,
    create,
    offer,
    animate,
)
